/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.program.Io;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every hook point that nnsight records is found in the graph, with the value that PyTorch has. */
class TreeConformanceTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource({
        "ticketlm/model.onnx,ticketlm,plain-inputs-and-outputs",
        "ticketlm/model.onnx,ticketlm,plain-all-modules",
        "ticketlm/model.onnx,ticketlm,cache-attention",
        "ticketlm/variants/torchscript.onnx,ticketlm,plain-inputs-and-outputs",
        "ticketlm/variants/torchscript.onnx,ticketlm,plain-all-modules",
        "ticketlm/variants/torchscript.onnx,ticketlm,cache-attention",
        "ticketlm/variants/nocache.onnx,ticketlm,plain-inputs-and-outputs",
        "ticketlm/variants/nocache.onnx,ticketlm,plain-all-modules",
        "ticketlm/variants/nocache.onnx,ticketlm,cache-attention",
        "gpt2-12/model.onnx,gpt2-12,plain-inputs-and-outputs",
        "gpt2-12/model.onnx,gpt2-12,plain-all-modules",
        "gpt2-12/model.onnx,gpt2-12,cache-attention",
    })
    void tree_recordedHookPoints_haveThoseValues(String file, String model, String program)
            throws Exception {
        ModelDescription described = TestModels.describe(TestModels.path(file));
        String folder = "/conformance/expected/" + model + "/" + program + "/";
        JsonNode records = JSON.readTree(getClass().getResourceAsStream(folder + "cache.json"));
        JsonNode result = JSON.readTree(getClass().getResourceAsStream(folder + "result.json"));
        Map<String, Npz.FloatArray> arrays = Npz.read(folder + "arrays.npz");
        Map<String, Site> sites = new LinkedHashMap<>();
        List<Integer> orders = new ArrayList<>();
        for (JsonNode record : records) {
            HookPoint point =
                    HookPoint.of(
                            record.get("module").asText(),
                            Io.valueOf(record.get("io").asText().toUpperCase(Locale.ROOT)));
            List<Site> found = described.tree().sites(point);
            assertThat(found).as("%s", point).hasSize(1);
            sites.put(record.get("file").asText().replaceFirst("\\.npy$", ""), found.get(0));
            if (point.io() != Io.ATTENTION) {
                orders.add(found.get(0).order());
            }
        }
        assertThat(sites).hasSize(records.size());
        assertThat(orders).isSorted().doesNotHaveDuplicates();

        List<Long> tokens = new ArrayList<>();
        result.at("/invocations/0/tokens").forEach(token -> tokens.add(token.asLong()));
        Map<String, float[]> values = run(described, sites.values(), tokens);
        sites.forEach(
                (name, site) -> {
                    Npz.FloatArray expected = arrays.get(name);
                    int axis = site.layout() == Site.Layout.ATTENTION ? 0 : 1;
                    assertThat(site.width()).as(name).isEqualTo(expected.shape()[axis]);
                    assertClose(name, values.get(site.tensor()), expected.values());
                });
    }

    private static void assertClose(String name, float[] actual, float[] expected) {
        assertThat(actual).as(name).hasSameSizeAs(expected);
        float largest = 0;
        float apart = 0;
        for (int index = 0; index < expected.length; index++) {
            largest = Math.max(largest, Math.abs(expected[index]));
            apart = Math.max(apart, Math.abs(expected[index] - actual[index]));
        }
        assertThat(apart).as(name).isLessThanOrEqualTo(1e-4f * Math.max(1f, largest));
    }

    /** One row, one forward pass, every site's tensor. */
    private static Map<String, float[]> run(
            ModelDescription model, Iterable<Site> sites, List<Long> tokens) throws OrtException {
        GraphProto.Builder graph = model.graph().graph().toBuilder();
        List<String> wanted = new ArrayList<>();
        for (Site site : sites) {
            if (!wanted.contains(site.tensor())) {
                wanted.add(site.tensor());
                if (!model.graph().outputs().contains(site.tensor())) {
                    graph.addOutput(ValueInfoProto.newBuilder().setName(site.tensor()));
                }
            }
        }
        byte[] bytes = model.graph().proto().toBuilder().setGraph(graph).build().toByteArray();
        Map<String, OnnxTensor> feed = new HashMap<>();
        try (OrtSession session = TestModels.ENVIRONMENT.createSession(bytes)) {
            feed(model.signature(), tokens, feed);
            try (OrtSession.Result out = session.run(feed, java.util.Set.copyOf(wanted))) {
                Map<String, float[]> values = new HashMap<>();
                for (Map.Entry<String, OnnxValue> entry : out) {
                    FloatBuffer buffer = ((OnnxTensor) entry.getValue()).getFloatBuffer();
                    float[] value = new float[buffer.remaining()];
                    buffer.get(value);
                    values.put(entry.getKey(), value);
                }
                return values;
            }
        } finally {
            feed.values().forEach(OnnxTensor::close);
        }
    }

    private static void feed(
            ModelSignature signature, List<Long> tokens, Map<String, OnnxTensor> feed)
            throws OrtException {
        int length = tokens.size();
        feed.put(signature.inputIds(), ids(tokens.stream().mapToLong(Long::longValue).toArray()));
        if (signature.attentionMask().isPresent()) {
            long[] ones = new long[length];
            java.util.Arrays.fill(ones, 1);
            feed.put(signature.attentionMask().get(), ids(ones));
        }
        if (signature.positionIds().isPresent()) {
            feed.put(
                    signature.positionIds().get(),
                    ids(java.util.stream.LongStream.range(0, length).toArray()));
        }
        for (ModelSignature.Past past : signature.past()) {
            feed.put(
                    past.input(),
                    OnnxTensor.createTensor(
                            TestModels.ENVIRONMENT,
                            FloatBuffer.allocate(0),
                            new long[] {1, past.heads(), 0, past.width()}));
        }
    }

    private static OnnxTensor ids(long[] values) throws OrtException {
        return OnnxTensor.createTensor(
                TestModels.ENVIRONMENT, LongBuffer.wrap(values), new long[] {1, values.length});
    }
}
