/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static io.hookline.operator.internal.InvocationHarness.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.operator.internal.InvocationHarness.Subtask;
import io.hookline.schema.ErrorCode;
import io.hookline.schema.InvocationResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events whose plan is compiled while others run. */
@Timeout(60)
class PlansOperatorTest {
    private final TestingModelRuntime model = new TestingModelRuntime();
    private final CompletableFuture<Void> plan = model.plan("new");

    private InvocationHarness open(String... options) throws Exception {
        return InvocationHarness.open(job(options));
    }

    private Job job(String... options) {
        Map<String, String> all = new HashMap<>(Map.of("hookline.batch.max-wait", "0 ms"));
        for (int i = 0; i < options.length; i += 2) {
            all.put("hookline." + options[i], options[i + 1]);
        }
        return new Job(model.source(), all);
    }

    private static List<String> ended(InvocationHarness harness) {
        return harness.results().stream().map(InvocationResult::getEventId).toList();
    }

    @Test
    void eventWithoutItsPlan_letsLaterOnesPass_andIsServedOnceItIsThere() throws Exception {
        try (InvocationHarness harness = open("workers", "1", "max-in-flight-batches", "1")) {
            harness.event(prompt("new", 0));
            harness.watermark(5);
            for (int offset = 1; offset <= 20; offset++) {
                harness.event(prompt("old", offset));
            }
            harness.runUntil(() -> harness.ended() == 20);
            assertThat(ended(harness)).doesNotContain("events-0-0");
            assertThat(harness.getOutput()).doesNotContain(new Watermark(5));
            plan.complete(null);
            harness.runUntil(() -> harness.ended() == 21);
            assertThat(ended(harness)).endsWith("events-0-0");
            harness.runUntil(() -> harness.getOutput().contains(new Watermark(5)));
        }
    }

    @Test
    void ordered_laterEventsRunAndLeaveBehindTheOneThatWaits() throws Exception {
        try (InvocationHarness harness = open("output.order", "ordered")) {
            harness.event(prompt("new", 0));
            harness.event(prompt("old", 1));
            harness.event(prompt("old", 2));
            harness.runUntil(
                    () ->
                            model.batches().stream().mapToInt(List::size).sum() == 2
                                    && harness.bufferedElements() == 3);
            assertThat(harness.ended()).isZero();
            plan.complete(null);
            harness.runUntil(() -> harness.ended() == 3);
            assertThat(ended(harness)).containsExactly("events-0-0", "events-0-1", "events-0-2");
        }
    }

    @Test
    void endOfInput_waitsForThePlan() throws Exception {
        try (InvocationHarness harness = open()) {
            harness.event(prompt("new", 0));
            harness.event(prompt("old", 1));
            harness.runUntil(() -> harness.ended() == 1);
            new Thread(() -> plan.complete(null)).start();
            harness.endEvents();
            assertThat(harness.ended()).isEqualTo(2);
        }
    }

    @Test
    void taskThatFailsBeforeThePlanIsThere_runsTheEventAgainOnce() throws Exception {
        OperatorSubtaskState state;
        try (InvocationHarness harness = open()) {
            harness.event(prompt("new", 0));
            harness.event(prompt("old", 1));
            harness.runUntil(() -> harness.ended() == 1);
            state = harness.snapshot(1, 1);
        }
        plan.complete(null);
        try (InvocationHarness harness = InvocationHarness.restore(job(), Subtask.ONLY, state)) {
            harness.runUntil(() -> harness.ended() == 1);
            assertThat(ended(harness)).containsExactly("events-0-0");
            assertThat(harness.bufferedElements()).isZero();
        }
    }

    @Test
    void eventOverItsTime_isADeadLetter_andThePlanComesToNothing() throws Exception {
        try (InvocationHarness harness = open("timeout", "1 s")) {
            harness.event(prompt("new", 0));
            harness.event(prompt("old", 1));
            harness.runUntil(() -> harness.ended() == 1);
            harness.setProcessingTime(1_000);
            harness.runUntil(() -> harness.ended() == 2);
            assertThat(harness.deadLetters())
                    .singleElement()
                    .satisfies(
                            letter ->
                                    assertThat(letter.getCode())
                                            .isEqualTo(ErrorCode.TIMED_OUT.name()));
            plan.complete(null);
            harness.event(prompt("old", 2));
            harness.runUntil(() -> harness.ended() == 3);
            assertThat(harness.bufferedElements()).isZero();
        }
    }

    @Test
    void planThatNeverComes_overTheWatchdogsTime_failsTheTask() throws Exception {
        try (InvocationHarness harness = open("watchdog.timeout", "1 s")) {
            harness.event(prompt("new", 0));
            harness.event(prompt("old", 1));
            harness.runUntil(() -> harness.ended() == 1);
            harness.setProcessingTime(999);
            assertThatThrownBy(() -> harness.setProcessingTime(1_000))
                    .hasStackTraceContaining(TimeoutException.class.getName())
                    .hasStackTraceContaining("events have been waiting for a plan for 1000 ms");
        }
    }

    @Test
    void generation_goesOnWhileAnEventThatJoinsWaits() throws Exception {
        CompletableFuture<Void> late = model.plan("story3x1");
        try (InvocationHarness harness = open("emit", "step", "workers", "1")) {
            harness.event(prompt("story3x1", 0));
            harness.event(prompt("story40x1", 1));
            harness.runUntil(() -> harness.ended() == 1);
            assertThat(ended(harness)).containsExactly("events-0-1");
            late.complete(null);
            harness.runUntil(() -> harness.ended() == 2);
            assertThat(harness.results().get(1).getRecordCounts())
                    .containsExactly(Map.entry("0", 3L));
        }
    }

    @Test
    void generationInWhichAllWait_isWokenByThePlanAndByWhoeverJoins() throws Exception {
        CompletableFuture<Void> late = model.plan("story3x1");
        try (InvocationHarness harness = open("workers", "1")) {
            harness.event(prompt("story3x1", 0));
            harness.event(prompt("old", 1));
            harness.runUntil(() -> harness.ended() == 1);
            harness.event(prompt("story2x1", 2));
            harness.runUntil(() -> harness.ended() == 2);
            assertThat(ended(harness)).containsExactly("events-0-1", "events-0-2");
            late.complete(null);
            harness.runUntil(() -> harness.ended() == 3);
        }
    }
}
