/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static io.hookline.operator.internal.InvocationHarness.controlEvent;
import static io.hookline.operator.internal.InvocationHarness.json;
import static io.hookline.operator.internal.InvocationHarness.policy;
import static io.hookline.operator.internal.InvocationHarness.prompt;
import static io.hookline.operator.internal.InvocationHarness.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.operator.FramingSource;
import io.hookline.operator.JobStart;
import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.operator.internal.InvocationHarness.Subtask;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.EventFormat;
import io.hookline.schema.Header;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InvocationOperatorTest {
    private static final Map<String, String> ONE_BY_ONE =
            Map.of("hookline.batch.max-size", "1", "hookline.workers", "2");

    private final TestingModelRuntime model = new TestingModelRuntime();

    @Test
    void event_thatRuns_givesActivationsThenResultWithItsHeadersAndTime() throws Exception {
        SourceEvent event =
                new SourceEvent(
                        new SourcePosition("events", 3, 17),
                        5_000,
                        EventFormat.JSON,
                        new byte[0],
                        """
                        {"id": "e", "time": 7000, "tenant": "t", "headers": {"own": "yes"},
                         "invocations": [{"prompt": "fan2", "name": "n"}]}"""
                                .getBytes(StandardCharsets.UTF_8),
                        List.of(
                                new Header("traceparent", new byte[] {1}),
                                new Header("own", new byte[] {2})));
        try (InvocationHarness harness = InvocationHarness.open(job(ONE_BY_ONE))) {
            harness.event(new StreamRecord<>(event, 42));
            harness.runUntil(() -> harness.ended() == 1);

            List<StreamRecord<? extends Envelope>> records =
                    harness.extractOutputStreamRecords().stream()
                            .filter(
                                    record ->
                                            !(record.getValue().destination()
                                                    instanceof Destination.Models))
                            .toList();
            assertThat(records.stream().map(record -> record.getValue().destination()))
                    .containsExactly(
                            new Destination.Activations("model.layers.0"),
                            new Destination.Activations("model.layers.1"),
                            new Destination.Results());
            assertThat(records)
                    .allSatisfy(
                            record -> {
                                assertThat(record.getTimestamp()).isEqualTo(42);
                                assertThat(record.getValue().spread()).isEqualTo("e");
                                assertThat(record.getValue().headers())
                                        .containsExactly(
                                                new Header("traceparent", new byte[] {1}),
                                                new Header(
                                                        "own",
                                                        "yes".getBytes(StandardCharsets.UTF_8)));
                            });
            ActivationRecord activation =
                    InvocationHarness.decode(records.get(0).getValue(), ActivationRecord.class);
            assertThat(records.get(0).getValue().key()).isEqualTo("model.layers.0");
            assertThat(activation.getEventId()).isEqualTo("e");
            assertThat(activation.getTokens()).contains(List.of(0, 2));
            assertThat(activation.getEventTime().toEpochMilli()).isEqualTo(7_000);
            assertThat(activation.getTenant()).contains("t");
            assertThat(activation.getSource().getOffset()).isEqualTo(17);
            InvocationResult result = harness.results().get(0);
            assertThat(records.get(2).getValue().key()).isEqualTo("e");
            assertThat(result.getRecordCounts()).containsExactly(Map.entry("0", 2L));
            assertThat(result.getInvocations().get(0).getName()).contains("n");
            assertThat(result.getInvocations().get(0).getGenerated()).containsExactly(1, 2);
            assertThat(result.getModelDigest()).isEqualTo("00ff");
        }
    }

    @Test
    void event_withoutIdAndTime_takesThoseOfItsSourceRecord() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job(ONE_BY_ONE))) {
            harness.event(prompt("a", 5));
            harness.runUntil(() -> harness.ended() == 1);
            assertThat(harness.results().get(0).getEventId()).isEqualTo("events-0-5");
            assertThat(harness.results().get(0).getEventTime().toEpochMilli()).isEqualTo(1_005);
        }
    }

    @Test
    void events_thatCannotRun_areDeadLettersWithCodeAndOriginalBytes() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job(ONE_BY_ONE))) {
            List<SourceEvent> events =
                    List.of(
                            json("{", 0),
                            json("{\"invocations\": [{\"promt\": \"a\"}]}", 1),
                            prompt("refuse", 2),
                            prompt("unplannable", 3),
                            prompt("fail", 4),
                            prompt("poison", 5),
                            json(
                                    "{\"model\": \"ecko\", \"invocations\": [{\"prompt\": \"a\"}]}",
                                    6),
                            json(
                                    "{\"policies\": [\"p\"], \"invocations\": [{\"prompt\": \"a\"}]}",
                                    7),
                            avro(new byte[] {(byte) 0xC3, 1, 2}, 8));
            for (SourceEvent event : events) {
                harness.event(event);
            }
            harness.runUntil(() -> harness.ended() == events.size());

            Map<Long, DeadLetter> letters = new HashMap<>();
            harness.deadLetters()
                    .forEach(letter -> letters.put(letter.getSource().getOffset(), letter));
            assertThat(letters).hasSize(events.size());
            assertThat(codes(letters))
                    .isEqualTo(
                            Map.of(
                                    0L, "MALFORMED_EVENT",
                                    1L, "UNKNOWN_FIELD",
                                    2L, "UNKNOWN_MODULE",
                                    3L, "INFERENCE_FAILED",
                                    4L, "BARRIER_UNMET",
                                    5L, "INFERENCE_FAILED",
                                    6L, "UNKNOWN_MODEL",
                                    7L, "UNKNOWN_POLICY",
                                    8L, "MALFORMED_EVENT"));
            letters.forEach(
                    (offset, letter) ->
                            assertThat(letter.getOriginal())
                                    .isEqualTo(
                                            ByteBuffer.wrap(
                                                    events.get(offset.intValue()).value())));
            assertThat(letters.get(2L).getProblems()).hasSize(2);
            assertThat(letters.get(2L).getPointer()).contains("/cache/0");
            assertThat(letters.get(5L).getAttempts()).isEqualTo(3);
            assertThat(letters.get(6L).getReason()).contains("did you mean 'echo'?");
        }
    }

    @Test
    void poisonEvent_inBatchWithOthers_failsAlone() throws Exception {
        try (InvocationHarness harness =
                InvocationHarness.open(job(Map.of("hookline.batch.max-size", "4")))) {
            for (String prompt : List.of("aaaaaa", "bbbbbb", "poison", "cccccc")) {
                harness.event(prompt(prompt, harness.ended()));
            }
            harness.runUntil(() -> harness.ended() == 4);
            assertThat(harness.results()).hasSize(3);
            assertThat(harness.deadLetters()).hasSize(1);
        }
    }

    @Test
    void batch_notFull_runsWhenItsOldestEventHasWaited() throws Exception {
        try (InvocationHarness harness =
                InvocationHarness.open(job(Map.of("hookline.batch.max-wait", "10 ms")))) {
            harness.setProcessingTime(100);
            harness.event(prompt("a", 0));
            harness.runOne();
            harness.setProcessingTime(109);
            assertThat(harness.getTaskMailbox().hasMail()).isFalse();
            assertThat(model.batches()).isEmpty();
            harness.setProcessingTime(110);
            harness.runUntil(() -> harness.ended() == 1);
            assertThat(model.batches()).containsExactly(List.of("a"));
        }
    }

    @Test
    void batch_full_runsAtOnceWithEventsOfEqualLength() throws Exception {
        try (InvocationHarness harness =
                InvocationHarness.open(job(Map.of("hookline.batch.max-size", "2")))) {
            harness.event(prompt("a", 0));
            harness.event(prompt("bb", 1));
            harness.event(prompt("c", 2));
            harness.runUntil(() -> harness.ended() == 2);
            assertThat(model.batches()).containsExactly(List.of("a", "c"));
        }
    }

    @Test
    void events_overCapacity_waitUntilOthersHaveLeft() throws Exception {
        Map<String, String> options =
                Map.of("hookline.batch.max-size", "2", "hookline.capacity", "2");
        try (InvocationHarness harness = InvocationHarness.open(job(options))) {
            harness.event(prompt("a", 0));
            harness.event(prompt("bb", 1));
            assertThat(harness.ended()).isZero();
            harness.event(prompt("ccc", 2));
            assertThat(harness.ended()).isPositive();
        }
    }

    @Test
    void unorderedEvents_slowOneFirst_fastOneOvertakesItButNoWatermarkDoes() throws Exception {
        CountDownLatch slow = model.gate("slow");
        try (InvocationHarness harness = InvocationHarness.open(job(ONE_BY_ONE))) {
            harness.event(prompt("slow", 0));
            harness.watermark(50);
            harness.event(prompt("fast", 1));
            harness.runUntil(() -> harness.ended() == 1);
            assertThat(harness.results().get(0).getEventId()).isEqualTo("events-0-1");
            assertThat(harness.getOutput()).doesNotContain(new Watermark(50));
            slow.countDown();
            harness.runUntil(() -> harness.getOutput().contains(new Watermark(50)));
            assertThat(harness.ended()).isEqualTo(2);
        }
    }

    @Test
    void orderedEvents_slowOneFirst_leaveAsTheyArrived() throws Exception {
        CountDownLatch slow = model.gate("slow");
        Map<String, String> options = new HashMap<>(ONE_BY_ONE);
        options.put("hookline.output.order", "ordered");
        try (InvocationHarness harness = InvocationHarness.open(job(options))) {
            harness.event(prompt("slow", 0));
            harness.watermark(50);
            harness.event(prompt("fast", 1));
            harness.runUntil(() -> model.batches().size() == 2);
            slow.countDown();
            harness.runUntil(() -> harness.ended() == 2);
            assertThat(harness.results().stream().map(InvocationResult::getEventId))
                    .containsExactly("events-0-0", "events-0-1");
            List<Object> output = List.copyOf(harness.getOutput());
            assertThat(output.indexOf(new Watermark(50))).isEqualTo(3);
        }
    }

    @Test
    void controlInput_idleOrBehind_neverStallsEventTime() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job(ONE_BY_ONE))) {
            harness.inputs().processWatermarkStatus2(WatermarkStatus.IDLE);
            harness.watermark(7);
            harness.inputs().processWatermark2(new Watermark(3));
            harness.inputs().processWatermarkStatus2(WatermarkStatus.ACTIVE);
            harness.inputs().processWatermarkStatus1(WatermarkStatus.IDLE);
            assertThat(marks(harness)).containsExactly(new Watermark(7), WatermarkStatus.IDLE);
            harness.inputs().processWatermarkStatus1(WatermarkStatus.ACTIVE);
            harness.watermark(8);
            assertThat(marks(harness))
                    .containsExactly(
                            new Watermark(7),
                            WatermarkStatus.IDLE,
                            WatermarkStatus.ACTIVE,
                            new Watermark(8));
        }
    }

    @Test
    void endOfInput_eventsStillWaiting_runsThemAndWaitsUntilTheyHaveLeft() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job(Map.of()))) {
            harness.event(prompt("a", 0));
            harness.event(prompt("fan200", 1));
            harness.endEvents();
            assertThat(harness.ended()).isEqualTo(2);
        }
    }

    @Test
    void policy_thatFits_actsOnEventsThatArriveAfterItOnly() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job(Map.of()))) {
            harness.event(steered(0));
            harness.control(vector("calm", 10));
            harness.control(policy("p", "calm", 11));
            harness.event(steered(1));
            harness.control(controlEvent("{\"remove\": \"policy\", \"name\": \"p\"}", 12));
            harness.event(steered(2));
            harness.endEvents();
            Map<String, InvocationResult> results = byId(harness);
            assertThat(results.get("events-0-0").getPolicyVersions()).isEmpty();
            assertThat(results.get("events-0-1").getPolicyVersions()).isEqualTo(Map.of("p", 11L));
            assertThat(results.get("events-0-1").getVectorVersions())
                    .isEqualTo(Map.of("calm", 10L));
            assertThat(results.get("events-0-1").getInterventionVersions())
                    .isEqualTo(Map.of("push", 11L));
            assertThat(results.get("events-0-2").getPolicyVersions()).isEmpty();
        }
    }

    @Test
    void controlEvent_thatIsWrong_isOneDeadLetterAndChangesNothing() throws Exception {
        SourceEvent wrong = controlEvent("{\"put\": \"policy\", \"name\": \"p\"}", 12);
        for (Subtask subtask : List.of(new Subtask(0, 2), new Subtask(1, 2))) {
            try (InvocationHarness harness = new InvocationHarness(job(Map.of()), subtask)) {
                harness.open();
                harness.control(vector("calm", 10));
                harness.control(policy("p", "calm", 11));
                harness.control(wrong);
                harness.control(
                        controlEvent("{\"put\": \"model\", \"name\": \"x\", \"body\": {}}", 13));
                harness.control(
                        controlEvent("{\"put\": \"rule\", \"name\": \"x\", \"body\": {}}", 14));
                harness.event(steered(0));
                harness.endEvents();
                assertThat(harness.results().get(0).getPolicyVersions())
                        .isEqualTo(Map.of("p", 11L));
                assertThat(harness.deadLetters().stream().map(DeadLetter::getCode))
                        .isEqualTo(
                                subtask.index() == 0
                                        ? List.of("MALFORMED_EVENT", "MALFORMED_EVENT")
                                        : List.of());
            }
        }
    }

    @Test
    void initialControl_startWithoutState_isInForceAtFirstEvent() throws Exception {
        JobStart start =
                new JobStart(
                        List.of(vector("calm", 1), policy("p", "calm", 2)),
                        FramingSource.SINGLE_OBJECT);
        Job job = new Job(model.source(), start, Map.of());
        OperatorSubtaskState state;
        try (InvocationHarness harness = InvocationHarness.open(job)) {
            harness.event(steered(0));
            harness.endEvents();
            assertThat(harness.results().get(0).getPolicyVersions()).isEqualTo(Map.of("p", 2L));
            harness.control(controlEvent("{\"remove\": \"policy\", \"name\": \"p\"}", 3));
            state = harness.snapshot(1, 1);
        }
        try (InvocationHarness harness = InvocationHarness.restore(job, Subtask.ONLY, state)) {
            harness.event(steered(1));
            harness.endEvents();
            assertThat(harness.results().get(0).getPolicyVersions()).isEmpty();
        }
    }

    @Test
    void restoredEvents_policyChangedSince_runUnderThoseTheyArrivedWith() throws Exception {
        OperatorSubtaskState state;
        try (InvocationHarness harness = InvocationHarness.open(job(Map.of()))) {
            harness.control(vector("calm", 10));
            harness.control(policy("p", "calm", 11));
            harness.event(steered(0));
            harness.control(vector("calm", 12));
            harness.control(policy("p", "calm", 13));
            harness.event(steered(1));
            harness.event(
                    json("{\"policies\": [\"late\"], \"invocations\": [{\"prompt\": \"a\"}]}", 2));
            harness.control(policy("late", "calm", 14));
            state = harness.snapshot(1, 1);
        }
        try (InvocationHarness harness =
                InvocationHarness.restore(job(Map.of()), Subtask.ONLY, state)) {
            harness.event(steered(3));
            harness.endEvents();
            Map<String, InvocationResult> results = byId(harness);
            assertThat(results.get("events-0-0").getPolicyVersions()).isEqualTo(Map.of("p", 11L));
            assertThat(results.get("events-0-0").getVectorVersions())
                    .isEqualTo(Map.of("calm", 10L));
            assertThat(results.get("events-0-1").getPolicyVersions()).isEqualTo(Map.of("p", 13L));
            assertThat(results.get("events-0-3").getPolicyVersions()).isEqualTo(Map.of("p", 13L));
        }
    }

    @Test
    void deadLetter_ofAnEventUnderAPolicy_namesTheVersionsThatWereInForce() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job(ONE_BY_ONE))) {
            harness.control(vector("calm", 10));
            harness.control(policy("p", "calm", 11));
            for (String prompt : List.of("poison", "refuse")) {
                harness.event(
                        json(
                                "{\"headers\": {\"steer\": \"p\"}, \"invocations\": [{\"prompt\": \"%s\"}]}"
                                        .formatted(prompt),
                                0));
            }
            harness.endEvents();
            assertThat(harness.deadLetters()).hasSize(2);
            for (DeadLetter letter : harness.deadLetters()) {
                assertThat(letter.getPolicyVersions()).isEqualTo(Map.of("p", 11L));
                assertThat(letter.getInterventionVersions()).isEqualTo(Map.of("push", 11L));
                assertThat(letter.getVectorVersions()).isEqualTo(Map.of("calm", 10L));
            }
        }
    }

    @Test
    void snapshot_inTheMiddleOfAFanOut_leavesOutWhatHasLeft() throws Exception {
        OperatorSubtaskState state;
        List<String> before;
        try (InvocationHarness harness = InvocationHarness.open(job(ONE_BY_ONE))) {
            harness.event(prompt("fan150", 0));
            harness.runUntil(() -> !harness.envelopes(Destination.Activations.class).isEmpty());
            assertThat(harness.ended()).isZero();
            before = recordIds(harness);
            state = harness.snapshot(1, 1);
        }
        try (InvocationHarness harness =
                InvocationHarness.restore(job(ONE_BY_ONE), Subtask.ONLY, state)) {
            harness.endEvents();
            assertThat(harness.ended()).isEqualTo(1);
            List<String> after = recordIds(harness);
            assertThat(after).doesNotContainAnyElementsOf(before).doesNotHaveDuplicates();
            assertThat(before.size() + after.size()).isEqualTo(150);
        }
    }

    @Test
    void runningBatch_overTheWatchdogsTime_failsTheTask() throws Exception {
        CountDownLatch stuck = model.gate("stuck");
        Map<String, String> options = new HashMap<>(ONE_BY_ONE);
        options.put("hookline.watchdog.timeout", "1 s");
        try (InvocationHarness harness = InvocationHarness.open(job(options))) {
            harness.event(prompt("stuck", 0));
            harness.runOne();
            harness.setProcessingTime(999);
            assertThatThrownBy(() -> harness.setProcessingTime(1_000))
                    .hasStackTraceContaining(TimeoutException.class.getName())
                    .hasStackTraceContaining("a batch has been running for 1000 ms");
            stuck.countDown();
        }
    }

    @Test
    void event_overItsTime_isADeadLetterWhateverItWaitsFor() throws Exception {
        CountDownLatch slow = model.gate("slow");
        Map<String, String> options =
                Map.of(
                        "hookline.timeout", "5 s",
                        "hookline.batch.max-size", "2",
                        "hookline.batch.max-wait", "1 min");
        try (InvocationHarness harness = InvocationHarness.open(job(options))) {
            harness.event(prompt("slow", 0));
            harness.event(prompt("slow", 1));
            harness.runOne();
            harness.runOne();
            harness.setProcessingTime(2_000);
            harness.event(prompt("a", 2));
            harness.runOne();
            harness.setProcessingTime(5_000);
            assertThat(harness.deadLetters().stream().map(DeadLetter::getCode))
                    .containsExactly("TIMED_OUT", "TIMED_OUT");
            harness.setProcessingTime(7_000);
            assertThat(harness.deadLetters()).hasSize(3);
            slow.countDown();
            harness.endEvents();
            assertThat(harness.ended()).isEqualTo(3);
        }
    }

    @Test
    void error_inTheModel_failsTheTask() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job(ONE_BY_ONE))) {
            harness.event(prompt("die", 0));
            assertThatThrownBy(() -> harness.runUntil(() -> false))
                    .hasRootCauseInstanceOf(StackOverflowError.class);
        }
    }

    private Job job(Map<String, String> options) {
        return new Job(model.source(), options);
    }

    private static SourceEvent steered(long offset) {
        return json(
                "{\"headers\": {\"steer\": \"p\"}, \"invocations\": [{\"prompt\": \"a\"}]}",
                offset);
    }

    private static SourceEvent avro(byte[] bytes, long offset) {
        return new SourceEvent(
                new SourcePosition("events", 0, offset),
                0,
                EventFormat.AVRO,
                new byte[0],
                bytes,
                List.of());
    }

    private static Map<Long, String> codes(Map<Long, DeadLetter> letters) {
        Map<Long, String> codes = new HashMap<>();
        letters.forEach((offset, letter) -> codes.put(offset, letter.getCode()));
        return codes;
    }

    private static Map<String, InvocationResult> byId(InvocationHarness harness) {
        Map<String, InvocationResult> results = new HashMap<>();
        harness.results().forEach(result -> results.put(result.getEventId(), result));
        return results;
    }

    private static List<String> recordIds(InvocationHarness harness) {
        return harness.envelopes(Destination.Activations.class).stream()
                .map(
                        envelope ->
                                InvocationHarness.decode(envelope, ActivationRecord.class)
                                        .getRecordId())
                .toList();
    }

    private static List<Object> marks(InvocationHarness harness) {
        return harness.getOutput().stream()
                .filter(each -> !(each instanceof StreamRecord))
                .toList();
    }
}
