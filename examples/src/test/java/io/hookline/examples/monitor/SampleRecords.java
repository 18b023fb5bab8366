/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Alert;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.ElementType;
import io.hookline.schema.Exemplar;
import io.hookline.schema.HookPointDescriptor;
import io.hookline.schema.InvocationOutcome;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.ModelDescriptor;
import io.hookline.schema.ModuleDescriptor;
import io.hookline.schema.Signal;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.TensorCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Records as a job on a small model would write them. */
final class SampleRecords {
    static final String MODEL = "ticketlm";
    static final String BLOCK = "model.model.layers.2";
    static final int BLOCKS = 6;
    static final List<Integer> PROMPT = List.of(11, 12, 13, 14, 15, 16, 17, 18);
    static final Instant TIME = Instant.parse("2026-01-31T12:00:00Z");

    private SampleRecords() {}

    static SourceRecord source(String topic, long offset) {
        return new SourceRecord(topic, 0, offset);
    }

    /** The result of an event; a steered one names the vector and the intervention. */
    static InvocationResult result(SourceRecord source, String id, String text, boolean steered) {
        return InvocationResult.newBuilder()
                .setEventId(id)
                .setSource(source)
                .setModel(MODEL)
                .setModelDigest("00ff")
                .setInvocations(
                        List.of(
                                InvocationOutcome.newBuilder()
                                        .setTokens(PROMPT)
                                        .setGenerated(List.of(21, 22, 23))
                                        .setText(text)
                                        .setLogits(null)
                                        .build()))
                .setRecordCounts(Map.of("norms", 6L))
                .setPolicyVersions(steered ? Map.of("steer-to-calm", 1L) : Map.of())
                .setInterventionVersions(steered ? Map.of("calm", 1L) : Map.of())
                .setVectorVersions(steered ? Map.of("calm", 0L) : Map.of())
                .setHeaders(steered ? Map.of("steer", "calm") : Map.of())
                .setTenant("acme")
                .setError(null)
                .setEventTime(TIME)
                .build();
    }

    /** Norms of each token of a prompt at a block. */
    static ActivationRecord norms(SourceRecord source, String id, String module, float... norms) {
        return activation(source, id, module)
                .setCache("norms")
                .setReduction("norm")
                .setFirstToken(0)
                .setLastToken(norms.length - 1)
                .setTensor(
                        TensorCodec.payload(norms, new int[] {norms.length}, ElementType.FLOAT32))
                .build();
    }

    /** The whole value of one token of one step: all elements are the same. */
    static ActivationRecord whole(
            SourceRecord source, String id, String module, int step, int width, float element) {
        float[] values = new float[width];
        java.util.Arrays.fill(values, element);
        return activation(source, id, module)
                .setCache("blocks")
                .setStep(step)
                .setFirstToken(step == 0 ? PROMPT.size() - 1 : 0)
                .setLastToken(step == 0 ? PROMPT.size() - 1 : 0)
                .setTensor(TensorCodec.payload(values, new int[] {1, width}, ElementType.FLOAT16))
                .build();
    }

    private static ActivationRecord.Builder activation(
            SourceRecord source, String id, String module) {
        return ActivationRecord.newBuilder()
                .setRecordId(id + module)
                .setEventId(id)
                .setSource(source)
                .setInvocation(0)
                .setModulePath(module)
                .setIo("output")
                .setModel(MODEL)
                .setModelDigest("00ff")
                .setEventTime(TIME);
    }

    static Signal signal(SourceRecord source, String id, int index, double value) {
        return Signal.newBuilder()
                .setRecordId(id + "-" + index)
                .setEventId(id)
                .setSource(source)
                .setInvocation(0)
                .setModulePath(BLOCK)
                .setIo("output")
                .setFirstToken(0)
                .setLastToken(7)
                .setName("angry")
                .setKind("probe")
                .setValue(value)
                .setModel(MODEL)
                .setModelDigest("00ff")
                .setEventTime(TIME.plusSeconds(index))
                .build();
    }

    static Alert alert(
            SourceRecord source, String id, String fingerprint, String state, String severity) {
        return Alert.newBuilder()
                .setFingerprint(fingerprint)
                .setState(state)
                .setSeverity(severity)
                .setRule(severity.equals("critical") ? "angry-customers" : "odd-norms")
                .setRuleVersion(3)
                .setDetector("threshold")
                .setKey("acme")
                .setModulePath(BLOCK)
                .setSignal("angry")
                .setValue(0.97)
                .setThreshold(severity.equals("critical") ? 0.9 : 0.75)
                .setWindowStart(TIME)
                .setWindowEnd(TIME.plusSeconds(20))
                .setStartedAt(TIME.plusSeconds(10))
                .setEventTime(TIME.plusSeconds(20))
                .setEventIds(List.of(id))
                .setExemplars(
                        List.of(
                                Exemplar.newBuilder()
                                        .setEventId(id)
                                        .setSource(source)
                                        .setInvocation(0)
                                        .setStep(0)
                                        .setValue(0.97)
                                        .setEventTime(TIME.plusSeconds(20))
                                        .build()))
                .setSummary("a customer of acme writes in anger")
                .setTenant("acme")
                .build();
    }

    static DeadLetter deadLetter(SourceRecord source, String id) {
        return DeadLetter.newBuilder()
                .setCode("UNKNOWN_MODULE")
                .setReason("no module 'model.model.layers.3.mpl' in model 'ticketlm'")
                .setPointer("/cache/0/modules/0")
                .setProblems(List.of())
                .setOriginal(ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8)))
                .setFormat("JSON")
                .setSource(source)
                .setEventId(id)
                .setEventTime(TIME)
                .build();
    }

    static ModelDescriptor model() {
        List<ModuleDescriptor> modules = new java.util.ArrayList<>();
        modules.add(module("model", ""));
        modules.add(module("model.model", "LlamaModel"));
        modules.add(module("model.model.layers", "ModuleList"));
        IntStream.range(0, BLOCKS)
                .forEach(
                        block -> {
                            String path = "model.model.layers." + block;
                            modules.add(module(path, "LlamaDecoderLayer"));
                            modules.add(module(path + ".self_attn", "LlamaAttention"));
                            modules.add(module(path + ".mlp", "LlamaMLP"));
                        });
        modules.add(module("model.lm_head", "Linear"));
        return ModelDescriptor.newBuilder()
                .setName(MODEL)
                .setDigest("00ff")
                .setKind("decoder")
                .setConvention("dynamo")
                .setModules(modules)
                .setVocabulary(1024)
                .setMaxPositions(256)
                .setDevice("cpu")
                .setRuntimeVersion("onnxruntime 1.28.0")
                .build();
    }

    private static ModuleDescriptor module(String path, String className) {
        return ModuleDescriptor.newBuilder()
                .setPath(path)
                .setClassName(className)
                .setHookPoints(
                        List.of(
                                HookPointDescriptor.newBuilder()
                                        .setIo("output")
                                        .setWidth(128)
                                        .setDtype("float32")
                                        .build()))
                .build();
    }
}
