/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.hookline.graph.Fusion;
import io.hookline.model.ModelDescription;
import io.hookline.model.ModelSignature.Past;
import io.hookline.model.TestModels;
import io.hookline.runtime.HostTensor;
import io.hookline.schema.ElementType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A fused model computes what the exported one computes, up to rounding. */
final class FusionNumbersTest {
    private static final int BATCH = 3;
    private static final int TOKENS = 4;
    private static final int PAST = 5;

    private static final Path FILE = TestModels.path("ticketlm/model.onnx");
    private static final ModelDescription MODEL = TestModels.describe(FILE);

    /** Rows whose texts begin at other positions, so that every token has angles of its own. */
    private static Map<String, HostTensor> feeds() {
        Random random = new Random(7);
        Map<String, HostTensor> feeds = new HashMap<>();
        long[] ids = random.longs((long) BATCH * TOKENS, 5, 1000).toArray();
        long[] positions = new long[BATCH * TOKENS];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = 3L * (i / TOKENS) + PAST + i % TOKENS;
        }
        long[] mask = new long[BATCH * (PAST + TOKENS)];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % (PAST + TOKENS) == 1 ? 0 : 1;
        }
        String mine = MODEL.signature().inputIds();
        feeds.put(mine, HostTensor.ofLongs(mine, new long[] {BATCH, TOKENS}, ids));
        String at = MODEL.signature().positionIds().orElseThrow();
        feeds.put(at, HostTensor.ofLongs(at, new long[] {BATCH, TOKENS}, positions));
        String open = MODEL.signature().attentionMask().orElseThrow();
        feeds.put(open, HostTensor.ofLongs(open, new long[] {BATCH, PAST + TOKENS}, mask));
        for (Past past : MODEL.signature().past()) {
            long[] shape = {BATCH, past.heads(), PAST, past.width()};
            float[] values = new float[BATCH * past.heads() * PAST * past.width()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            feeds.put(
                    past.input(),
                    HostTensor.ofFloats(past.input(), ElementType.FLOAT32, shape, values));
        }
        return feeds;
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
    void fusedModel_computesWhatTheExportedOneDoes() throws Exception {
        ModelProto exported = ModelProto.parseFrom(Files.readAllBytes(FILE));
        ModelProto fused = Fusion.fused(exported);
        assertThat(fused.getGraph().getNodeCount())
                .isLessThan(exported.getGraph().getNodeCount() * 6 / 10);
        Map<String, float[]> expected = outputs(exported, feeds());
        Map<String, float[]> found = outputs(fused, feeds());
        assertThat(found.keySet()).isEqualTo(expected.keySet()).hasSize(13);
        expected.forEach((name, values) -> assertClose(name, found.get(name), values));
    }

    private static void assertClose(String name, float[] found, float[] expected) {
        assertThat(found).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).as(name).isCloseTo(expected[i], within(1e-4f));
        }
    }
}
