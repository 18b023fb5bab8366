/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static io.hookline.operator.internal.InvocationHarness.prompt;
import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.operator.internal.InvocationHarness.Subtask;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.InvocationResult;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events that generate: how they share their way, and when what they come to leaves. */
@Timeout(60)
class GenerationOperatorTest {
    private final TestingModelRuntime model = new TestingModelRuntime();

    private InvocationHarness open(String... options) throws Exception {
        return InvocationHarness.open(job(options));
    }

    private Job job(String... options) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            all.put("hookline." + options[i], options[i + 1]);
        }
        return new Job(model.source(), all);
    }

    private static int activations(InvocationHarness harness) {
        return harness.envelopes(Destination.Activations.class).size();
    }

    private static List<String> ended(InvocationHarness harness) {
        return harness.results().stream().map(InvocationResult::getEventId).toList();
    }

    @Test
    void shortEvent_thatArrivesLater_endsBeforeALongOne() throws Exception {
        try (InvocationHarness harness = open("emit", "step")) {
            harness.event(prompt("story400x1", 0));
            harness.runUntil(() -> activations(harness) > 2);
            harness.event(prompt("story2x1", 1));
            harness.runUntil(() -> harness.ended() == 1);
            assertThat(ended(harness)).containsExactly("events-0-1");
            harness.runUntil(() -> harness.ended() == 2);
        }
    }

    @Test
    void stepwise_recordsLeaveBeforeTheEventHasEndedAndNoWatermarkDoes() throws Exception {
        try (InvocationHarness harness = open("emit", "step")) {
            harness.event(prompt("story5x2", 0));
            harness.watermark(9);
            harness.runUntil(() -> activations(harness) >= 2);
            assertThat(harness.ended()).isZero();
            assertThat(harness.getOutput()).doesNotContain(new Watermark(9));
            harness.runUntil(() -> harness.getOutput().contains(new Watermark(9)));
            assertThat(harness.results().get(0).getRecordCounts())
                    .containsExactly(Map.entry("0", 10L));
            assertThat(activations(harness)).isEqualTo(10);
        }
    }

    @Test
    void byEvent_nothingLeavesBeforeTheEventHasEnded() throws Exception {
        try (InvocationHarness harness = open("emit", "event")) {
            harness.event(prompt("story50x2", 0));
            harness.runUntil(() -> activations(harness) > 0);
            harness.runUntil(() -> harness.ended() == 1);
            List<ActivationRecord> records =
                    harness.envelopes(Destination.Activations.class).stream()
                            .map(each -> InvocationHarness.decode(each, ActivationRecord.class))
                            .toList();
            assertThat(records).hasSize(100);
            assertThat(records.stream().map(ActivationRecord::getStep)).isSorted();
        }
    }

    @Test
    void ordered_stepsOfALaterEventWaitForTheFirst() throws Exception {
        try (InvocationHarness harness = open("emit", "step", "output.order", "ordered")) {
            harness.event(prompt("story30x1", 0));
            harness.event(prompt("story3x1", 1));
            harness.runUntil(() -> harness.ended() == 2);
            List<Long> sources =
                    harness.envelopes(Destination.Activations.class).stream()
                            .map(each -> InvocationHarness.decode(each, ActivationRecord.class))
                            .map(record -> record.getSource().getOffset())
                            .toList();
            assertThat(sources).isSorted().hasSize(33);
            assertThat(ended(harness)).containsExactly("events-0-0", "events-0-1");
        }
    }

    @Test
    void eventThatFailsLate_isADeadLetterAndItsRecordsHaveLeft() throws Exception {
        try (InvocationHarness harness = open("emit", "step")) {
            harness.event(prompt("tragedy3x2", 0));
            harness.runUntil(() -> harness.ended() == 1);
            assertThat(harness.deadLetters().get(0).getReason()).isEqualTo("it ends badly");
            assertThat(activations(harness)).isEqualTo(4);
        }
    }

    @Test
    void eventThatTakesTooLong_leavesItsPlaceToOthers() throws Exception {
        try (InvocationHarness harness =
                open("emit", "step", "timeout", "50 ms", "batch.max-size", "1", "workers", "1")) {
            harness.event(prompt("story1000000x0", 0));
            harness.event(prompt("story2x1", 1));
            harness.runOne();
            harness.setProcessingTime(50);
            harness.runUntil(() -> harness.deadLetters().size() == 2);
            harness.event(prompt("story2x1", 2));
            harness.runUntil(() -> harness.results().size() == 1);
            assertThat(harness.deadLetters()).allMatch(each -> each.getCode().equals("TIMED_OUT"));
        }
    }

    @Test
    void batches_goOnBesideGenerations() throws Exception {
        try (InvocationHarness harness =
                open("emit", "step", "max-in-flight-batches", "1", "batch.max-size", "1")) {
            harness.event(prompt("story100000x0", 0));
            harness.event(prompt("a", 1));
            harness.runUntil(() -> harness.ended() == 1);
            assertThat(ended(harness)).containsExactly("events-0-1");
        }
    }

    @Test
    void generation_killedInItsMiddle_goesOnWithTheTokensThatItHad() throws Exception {
        List<Envelope> committed = new ArrayList<>();
        OperatorSubtaskState state;
        try (InvocationHarness harness = open("emit", "step")) {
            harness.event(prompt("story9x1", 0));
            harness.runUntil(() -> activations(harness) >= 4);
            state = harness.snapshot(1, 1);
            committed.addAll(harness.envelopes(Destination.Activations.class));
            harness.runUntil(() -> activations(harness) >= 6);
        }
        assertThat(committed).hasSizeLessThan(9);
        try (InvocationHarness restored =
                InvocationHarness.restore(job("emit", "step"), Subtask.ONLY, state)) {
            restored.endEvents();
            committed.addAll(restored.envelopes(Destination.Activations.class));
            List<Integer> told = restored.results().get(0).getInvocations().get(0).getGenerated();
            assertThat(committed.stream().map(GenerationOperatorTest::tokenBefore))
                    .containsExactlyElementsOf(
                            Stream.concat(Stream.of(0), told.stream().limit(8)).toList());
        }
    }

    @Test
    void losses_ofRecordsThatLeftBeforeARestart_areInTheResult() throws Exception {
        String[] options = {
            "emit", "step", "budget.bytes-per-second", "1 b", "budget.steps", "drop"
        };
        OperatorSubtaskState state;
        long written;
        try (InvocationHarness harness = open(options)) {
            harness.event(prompt("story9x2", 0));
            harness.runUntil(() -> activations(harness) >= 1);
            for (int steps = 0; steps < 3; steps++) {
                harness.runOne();
            }
            state = harness.snapshot(1, 1);
            written = activations(harness);
            assertThat(harness.ended()).isZero();
        }
        try (InvocationHarness restored =
                InvocationHarness.restore(job(options), Subtask.ONLY, state)) {
            restored.endEvents();
            long all = written + activations(restored);
            InvocationResult result = restored.results().get(0);
            assertThat(result.getRecordCounts()).containsExactly(Map.entry("0", all));
            assertThat(result.getOmitted())
                    .containsExactly(
                            "BUDGET_EXCEEDED: records of cache '0' dropped: %d"
                                    .formatted(18 - all));
        }
    }

    /** What a record of a story holds. */
    private static int tokenBefore(Envelope envelope) {
        return InvocationHarness.decode(envelope, ActivationRecord.class)
                .getTensor()
                .getData()
                .duplicate()
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
    }
}
