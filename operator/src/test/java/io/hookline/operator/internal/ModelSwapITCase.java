/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static io.hookline.operator.internal.InvocationHarness.controlEvent;
import static io.hookline.operator.internal.InvocationHarness.prompt;
import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.Weights;
import io.hookline.schema.Destination;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.codec.TensorCodec;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Models that come and go in ONNX Runtime. */
@Timeout(120)
class ModelSwapITCase {
    private static final Path MODELS = Path.of("src", "test", "resources", "models");

    @Test
    void swap_toSmallerWeights_runsNextEventsOnThem_andKeepsThemWarm() throws Exception {
        Job job =
                new Job(
                        new SharedModels(),
                        Map.of(
                                "hookline.model.path", MODELS.resolve("ticketlm").toString(),
                                "hookline.batch.max-size", "1",
                                "hookline.signals.enabled", "false"));
        try (InvocationHarness harness = InvocationHarness.open(job)) {
            harness.event(prompt("Ticket from Anna: my kettle", 0));
            harness.runUntil(() -> harness.ended() == 1);
            harness.control(
                    controlEvent(
                            """
                            {"put": "model", "name": "ticketlm",
                             "body": {"path": "ticketlm", "version": "small", "weights": "int8"}}""",
                            1));
            harness.runUntil(() -> harness.envelopes(Destination.Models.class).size() == 2);
            harness.event(prompt("Ticket from Anna: my kettle", 1));
            harness.runUntil(() -> harness.ended() == 2);

            InvocationResult before = harness.results().get(0);
            InvocationResult after = harness.results().get(1);
            assertThat(before.getModelVersion()).isEmpty();
            assertThat(after.getModelVersion()).hasValue("small");
            assertThat(after.getModelDigest()).isEqualTo(before.getModelDigest());
            float[] exact = logits(before);
            float[] rounded = logits(after);
            assertThat(rounded).hasSameSizeAs(exact).isNotEqualTo(exact);
            assertThat(largest(rounded)).isEqualTo(largest(exact));
        }
        assertThat(new SharedModels().holds(small())).isTrue();
    }

    private static ModelSpec small() {
        return new ModelSpec(
                MODELS.resolve("ticketlm"),
                Optional.of("ticketlm"),
                Optional.empty(),
                new Device.Cpu(),
                1,
                Weights.INT8,
                new ModelSpec.Pin(Optional.of("small"), Optional.empty()));
    }

    private static float[] logits(InvocationResult result) throws Exception {
        return TensorCodec.floats(result.getInvocations().get(0).getLogits().orElseThrow());
    }

    private static int largest(float[] values) {
        int largest = 0;
        for (int i = 1; i < values.length; i++) {
            largest = values[i] > values[largest] ? i : largest;
        }
        return largest;
    }
}
