/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.hookline.graph.Fusion;
import io.hookline.graph.Pinning;
import io.hookline.model.ModelDescription;
import io.hookline.model.ModelSignature;
import io.hookline.model.ModelSignature.Past;
import io.hookline.model.TestModels;
import io.hookline.runtime.HostTensor;
import io.hookline.schema.ElementType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fused model computes what the exported one computes, up to rounding. */
final class FusionNumbersTest {
    private static final int BATCH = 3;
    private static final int TOKENS = 4;
    private static final int PAST = 5;

    @TempDir Path folder;

    /** Rows whose texts begin at other positions, so that every token has angles of its own. */
    private static Map<String, HostTensor> feeds(ModelSignature model) {
        Random random = new Random(7);
        List<HostTensor> feeds = new ArrayList<>();
        int before = model.past().isEmpty() ? 0 : PAST;
        long[] shape = {BATCH, TOKENS};
        long[] ids = random.longs((long) BATCH * TOKENS, 5, 1000).toArray();
        long[] positions = new long[BATCH * TOKENS];
        Arrays.setAll(positions, i -> 3L * (i / TOKENS) + before + i % TOKENS);
        int keys = before + TOKENS;
        long[] mask = new long[BATCH * keys];
        Arrays.setAll(mask, i -> i % keys == 1 ? 0 : 1);
        feeds.add(HostTensor.ofLongs(model.inputIds(), shape, ids));
        model.positionIds().ifPresent(at -> feeds.add(HostTensor.ofLongs(at, shape, positions)));
        model.tokenTypeIds()
                .ifPresent(at -> feeds.add(HostTensor.ofLongs(at, shape, new long[ids.length])));
        model.attentionMask()
                .ifPresent(at -> feeds.add(HostTensor.ofLongs(at, new long[] {BATCH, keys}, mask)));
        for (Past past : model.past()) {
            long[] cached = {BATCH, past.heads(), PAST, past.width()};
            float[] values = new float[BATCH * past.heads() * PAST * past.width()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            feeds.add(HostTensor.ofFloats(past.input(), ElementType.FLOAT32, cached, values));
        }
        Map<String, HostTensor> byName = new HashMap<>();
        feeds.forEach(feed -> byName.put(feed.name(), feed));
        return byName;
    }

    private static Map<String, float[]> outputs(ModelProto model, Map<String, HostTensor> feeds)
            throws OrtException {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try (OrtSession.SessionOptions options = Ort.options(1)) {
            options.setOptimizationLevel(OptLevel.NO_OPT);
            for (HostTensor feed : feeds.values()) {
                tensors.put(feed.name(), Ort.tensor(feed));
            }
            try (OrtSession session =
                            Ort.environment().createSession(model.toByteArray(), options);
                    OrtSession.Result result = session.run(tensors)) {
                Map<String, float[]> outputs = new TreeMap<>();
                for (Map.Entry<String, ai.onnxruntime.OnnxValue> each : result) {
                    outputs.put(
                            each.getKey(), ((OnnxTensor) each.getValue()).getFloatBuffer().array());
                }
                return outputs;
            }
        } finally {
            Ort.closeAll(tensors.values());
        }
    }

    @Test
    void fusedDecoder_computesWhatTheExportedOneDoes() throws Exception {
        ModelProto fused = assertSame(TestModels.path("ticketlm/model.onnx"));
        assertThat(ops(fused)).contains("RotaryEmbedding", "QuickGelu");
    }

    @Test
    void fusedEncoder_computesWhatTheExportedOneDoes() throws Exception {
        ModelProto fused = assertSame(TestModels.miniLm());
        assertThat(ops(fused)).contains("Gelu").doesNotContain("Erf");
    }

    @Test
    void fusedDecoderOfCubicGates_computesWhatTheExportedOneDoes() throws Exception {
        ModelProto fused = assertSame(TestModels.path("gpt2-12/model.onnx"));
        assertThat(ops(fused)).contains("FastGelu").doesNotContain("Tanh", "Pow");
    }

    /** At every hook point, too. */
    private ModelProto assertSame(Path file) throws Exception {
        ModelDescription model = TestModels.describe(file);
        ModelProto exported = optimised(Pinning.pinned(model.graph(), model.tree()));
        ModelProto fused = Fusion.fused(exported);
        assertThat(fused.getGraph().getNodeCount())
                .isLessThan(exported.getGraph().getNodeCount() - 20);
        Map<String, HostTensor> feeds = feeds(model.signature());
        Map<String, float[]> expected = outputs(exported, feeds);
        Map<String, float[]> found = outputs(fused, feeds);
        assertThat(found.keySet()).isEqualTo(expected.keySet()).hasSizeGreaterThan(100);
        expected.forEach((name, values) -> assertClose(name, found.get(name), values));
        return fused;
    }

    /** As ONNX Runtime leaves it, without constants that are nodes. */
    private ModelProto optimised(ModelProto pinned) throws Exception {
        Path file = folder.resolve("optimised.onnx");
        try (OrtSession.SessionOptions options = Ort.options(1)) {
            options.setOptimizationLevel(OptLevel.BASIC_OPT);
            options.setOptimizedModelFilePath(file.toString());
            Ort.environment().createSession(pinned.toByteArray(), options).close();
        }
        return ModelProto.parseFrom(Files.readAllBytes(file));
    }

    private static Set<String> ops(ModelProto model) {
        return model.getGraph().getNodeList().stream()
                .map(NodeProto::getOpType)
                .collect(Collectors.toSet());
    }

    private static void assertClose(String name, float[] found, float[] expected) {
        assertThat(found).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).as(name).isCloseTo(expected[i], within(1e-4f));
        }
    }
}
