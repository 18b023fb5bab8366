/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static io.hookline.operator.internal.InvocationHarness.controlEvent;
import static io.hookline.operator.internal.InvocationHarness.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.hookline.operator.HooklineOptions;
import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.operator.internal.InvocationHarness.Subtask;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.Signal;
import io.hookline.schema.SourceEvent;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the operator measures of events on a real model. */
@Timeout(120)
class SignalOutputsTest {
    private static final String MODEL =
            Path.of("src", "test", "resources", "models", "ticketlm").toString();
    private static final String AT = "model.model.layers.2.output";

    private static Job job(String... options) {
        Map<String, String> all = new HashMap<>(Map.of(HooklineOptions.MODEL_PATH.key(), MODEL));
        for (int i = 0; i < options.length; i += 2) {
            all.put("hookline.signals." + options[i], options[i + 1]);
        }
        return new Job(new SharedModels(), all);
    }

    private static SourceEvent event(long offset, String more) {
        return json(
                "{\"invocations\": [{\"prompt\": \"Ticket from Anna:\"}]%s}".formatted(more),
                offset);
    }

    private static SourceEvent probe(String name, String scale, long offset, String more) {
        String weights =
                IntStream.range(0, 128)
                        .mapToObj(unit -> unit == 3 ? scale : "0")
                        .collect(Collectors.joining(", ", "[", "]"));
        return controlEvent(
                """
                {"put": "probe", "name": "%s", "body": {"at": "%s", "kind": "probe", "weights": %s}%s}"""
                        .formatted(name, AT, weights, more),
                offset);
    }

    private static List<Signal> signals(InvocationHarness harness) {
        return harness.envelopes(Destination.Signals.class).stream()
                .map(envelope -> InvocationHarness.decode(envelope, Signal.class))
                .toList();
    }

    private static List<Signal> probes(InvocationHarness harness) {
        return signals(harness).stream().filter(each -> each.getKind().equals("probe")).toList();
    }

    @Test
    void everyEvent_isMeasuredAtItsBlocks_unlessTheJobSaysOtherwise() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job())) {
            harness.event(event(0, ", \"tenant\": \"t\""));
            harness.event(event(1, ""));
            harness.endEvents();
            assertThat(signals(harness)).extracting(Signal::getRecordId).doesNotHaveDuplicates();
            List<Signal> first =
                    signals(harness).stream()
                            .filter(each -> each.getSource().getOffset() == 0)
                            .toList();
            assertThat(first)
                    .extracting(each -> each.getKind() + " " + each.getModulePath())
                    .containsExactly(
                            "norm model.model.layers.0",
                            "norm model.model.layers.1",
                            "norm model.model.layers.2",
                            "norm model.model.layers.3",
                            "norm model.model.layers.4",
                            "norm model.model.layers.5",
                            "non_finite model.model.layers.5");
            assertThat(first)
                    .allSatisfy(
                            each -> {
                                assertThat(each.getTenant()).hasValue("t");
                                assertThat(each.getDefinitionVersion()).isEmpty();
                                assertThat(each.getModel()).isEqualTo("ticketlm");
                                assertThat(each.getStep()).isZero();
                                assertThat(each.getFirstToken()).isEqualTo(each.getLastToken());
                            });
            Envelope envelope = harness.envelopes(Destination.Signals.class).get(0);
            assertThat(envelope.key()).isEqualTo("model.model.layers.0");
        }
        try (InvocationHarness harness =
                InvocationHarness.open(
                        job("kinds", "mean", "at", "model.lm_head.input", "tokens", "all"))) {
            harness.event(event(0, ""));
            harness.endEvents();
            assertThat(signals(harness))
                    .hasSizeGreaterThan(3)
                    .allMatch(each -> each.getIo().equals("input"));
        }
        try (InvocationHarness harness = InvocationHarness.open(job("enabled", "false"))) {
            harness.control(probe("p", "1", 1, ""));
            harness.event(event(0, ""));
            harness.endEvents();
            assertThat(harness.results()).hasSize(1);
            assertThat(signals(harness)).isEmpty();
        }
    }

    @Test
    void hookPointOfTheJob_thatIsNotThere_isRefusedAtStart() throws Exception {
        Job wrong = job("at", "model.model.layer.*.output");
        assertThatThrownBy(() -> InvocationHarness.open(wrong))
                .isInstanceOf(IllegalConfigurationException.class)
                .hasMessageContaining("'hookline.signals.at': no module 'model.model.layer.*'");
    }

    @Test
    void probe_isMeasuredLive_andByTheVersionThatHeldWhenTheEventCame() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job("kinds", ""))) {
            harness.event(
                    event(
                            0,
                            ", \"cache\": [{\"modules\": [\"model.model.layers.2\"], \"tokens\": \"last\"}]"));
            harness.control(probe("p", "1", 7, ""));
            harness.event(event(1, ""));
            harness.control(probe("p", "2", 8, ""));
            harness.control(probe("of t", "3", 9, ", \"match\": {\"tenant\": \"t\"}"));
            harness.event(event(2, ""));
            harness.event(event(3, ", \"tenant\": \"t\""));
            harness.control(controlEvent("{\"remove\": \"probe\", \"name\": \"p\"}", 10));
            harness.event(event(4, ""));
            harness.endEvents();

            float unit =
                    InvocationHarness.decode(
                                    harness.envelopes(Destination.Activations.class).get(0),
                                    ActivationRecord.class)
                            .getTensor()
                            .getData()
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getFloat(3 * Float.BYTES);
            assertThat(probes(harness))
                    .extracting(
                            each -> each.getSource().getOffset(),
                            Signal::getName,
                            Signal::getDefinitionVersion)
                    .containsExactlyInAnyOrder(
                            tuple(1L, "p", Optional.of(7L)),
                            tuple(2L, "p", Optional.of(8L)),
                            tuple(3L, "p", Optional.of(8L)),
                            tuple(3L, "of t", Optional.of(9L)));
            assertThat(probes(harness))
                    .allSatisfy(
                            each ->
                                    assertThat(each.getValue())
                                            .isCloseTo(
                                                    unit
                                                            * (each.getDefinitionVersion()
                                                                            .orElseThrow()
                                                                    - 6),
                                                    within(1e-5)));
        }
    }

    @Test
    void probe_withATime_measuresEventsFromThenOn_theOldOneEarlierOnes() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job("kinds", ""))) {
            harness.control(probe("p", "1", 7, ""));
            harness.control(probe("p", "2", 8, ", \"effective\": 1000"));
            harness.control(probe("later", "3", 9, ", \"effective\": 2000"));
            harness.event(event(0, ", \"time\": 2500"));
            harness.event(event(1, ", \"time\": 999"));
            harness.event(event(2, ", \"time\": 1000"));
            harness.endEvents();

            assertThat(probes(harness))
                    .extracting(
                            each -> each.getSource().getOffset(),
                            Signal::getName,
                            Signal::getDefinitionVersion)
                    .containsExactlyInAnyOrder(
                            tuple(0L, "p", Optional.of(8L)),
                            tuple(0L, "later", Optional.of(9L)),
                            tuple(1L, "p", Optional.of(7L)),
                            tuple(2L, "p", Optional.of(8L)));
        }
    }

    @Test
    void changeOfTokens_isMeasuredOfWhatIsSteered_onceSomebodyAsks() throws Exception {
        String steered =
                ", \"interventions\": [{\"at\": \"" + AT + "\", \"op\": \"scale\", \"by\": -1}]";
        try (InvocationHarness harness = InvocationHarness.open(job("kinds", ""))) {
            harness.event(event(0, steered));
            harness.control(
                    controlEvent(
                            "{\"put\": \"probe\", \"name\": \"effect\", \"body\": {\"kind\": \"change_tokens\"}}",
                            7));
            harness.event(event(1, steered));
            harness.event(event(2, ""));
            harness.endEvents();

            assertThat(harness.deadLetters()).isEmpty();
            assertThat(harness.results()).hasSize(3);
            assertThat(signals(harness))
                    .singleElement()
                    .satisfies(
                            each -> {
                                assertThat(each.getSource().getOffset()).isEqualTo(1);
                                assertThat(each.getName()).isEqualTo("effect");
                                assertThat(each.getKind()).isEqualTo("change_tokens");
                                assertThat(each.getModulePath()).isEqualTo("model");
                                assertThat(each.getDefinitionVersion()).hasValue(7L);
                                assertThat(each.getValue()).isPositive();
                            });
        }
        try (InvocationHarness harness = InvocationHarness.open(job("kinds", "change_tokens"))) {
            harness.event(event(0, steered));
            harness.event(event(1, ""));
            harness.endEvents();
            assertThat(signals(harness))
                    .extracting(each -> each.getSource().getOffset())
                    .containsExactly(0L);
        }
    }

    @Test
    void wrongProbe_isADeadLetter_andChangesNothing() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job("kinds", ""))) {
            harness.control(probe("p", "1", 7, ""));
            harness.control(
                    controlEvent(
                            "{\"put\": \"probe\", \"name\": \"p\", \"body\": {\"at\": \""
                                    + AT
                                    + "\", \"kind\": \"probe\", \"weights\": [1, 2]}}",
                            8));
            harness.control(
                    controlEvent(
                            "{\"put\": \"probe\", \"name\": \"p\", \"body\": {\"at\": \"model.model.layers.77.output\", \"kind\": \"norm\"}}",
                            9));
            harness.control(
                    controlEvent(
                            "{\"put\": \"probe\", \"name\": \"p\", \"body\": {\"kind\": \"nrm\"}}",
                            10));
            harness.event(event(0, ""));
            harness.endEvents();

            assertThat(harness.deadLetters())
                    .extracting(each -> each.getCode() + " " + each.getPointer().orElseThrow())
                    .containsExactly(
                            "SHAPE_MISMATCH /body/weights",
                            "UNKNOWN_MODULE /body/at",
                            "MALFORMED_EVENT /body");
            assertThat(harness.deadLetters().get(0).getReason())
                    .isEqualTo("a probe of width 2 does not fit '" + AT + "' of width 128");
            assertThat(probes(harness))
                    .extracting(Signal::getDefinitionVersion)
                    .containsExactly(Optional.of(7L));
        }
    }

    @Test
    void waitingEvent_whoseProbeIsReplaced_isMeasuredByItAfterARestoreToo() throws Exception {
        Job job = job("kinds", "");
        OperatorSubtaskState state;
        try (InvocationHarness harness = InvocationHarness.open(job)) {
            harness.control(probe("p", "1", 7, ""));
            harness.event(event(0, ""));
            harness.control(probe("p", "2", 8, ""));
            state = harness.snapshot(1, 1);
        }
        try (InvocationHarness harness = InvocationHarness.restore(job, Subtask.ONLY, state)) {
            harness.event(event(1, ""));
            harness.endEvents();
            assertThat(probes(harness))
                    .extracting(each -> each.getSource().getOffset(), Signal::getDefinitionVersion)
                    .containsExactlyInAnyOrder(
                            tuple(0L, Optional.of(7L)), tuple(1L, Optional.of(8L)));
        }
    }
}
