/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static io.hookline.operator.internal.InvocationHarness.controlEvent;
import static io.hookline.operator.internal.InvocationHarness.json;
import static io.hookline.operator.internal.InvocationHarness.policy;
import static io.hookline.operator.internal.InvocationHarness.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.operator.internal.InvocationHarness.Subtask;
import io.hookline.schema.SourceEvent;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Control events that hold from an event time on. */
@Timeout(60)
class EffectiveTest {
    private final Job job = new Job(new TestingModelRuntime().source(), Map.of());

    @Test
    void policy_withATime_actsOnEventsFromThenOn_theOldOneOnEarlierOnes() throws Exception {
        OperatorSubtaskState state;
        try (InvocationHarness harness = InvocationHarness.open(job)) {
            harness.control(vector("calm", 1));
            harness.control(policy("p", "calm", 2));
            harness.control(vectorFrom(5_000, 3));
            harness.control(policyFrom(6_000, 4));
            steered(harness, 0);
            assertThat(versions(harness))
                    .isEqualTo(
                            Map.of(
                                    4_999L, "p 2, calm 1",
                                    5_000L, "p 2, calm 3",
                                    5_999L, "p 2, calm 3",
                                    6_000L, "p 4, calm 3"));
            state = harness.snapshot(1, 1);
        }
        try (InvocationHarness harness = InvocationHarness.restore(job, Subtask.ONLY, state)) {
            steered(harness, 10);
            assertThat(versions(harness))
                    .isEqualTo(
                            Map.of(
                                    4_999L, "p 2, calm 1",
                                    5_000L, "p 2, calm 3",
                                    5_999L, "p 2, calm 3",
                                    6_000L, "p 4, calm 3"));
            harness.control(policy("p", "calm", 5));
            harness.control(
                    controlEvent(
                            "{\"remove\": \"policy\", \"name\": \"p\", \"effective\": 5500}", 6));
            steered(harness, 20);
            assertThat(versions(harness))
                    .isEqualTo(
                            Map.of(
                                    4_999L, "p 5, calm 1",
                                    5_000L, "p 5, calm 3",
                                    5_999L, "",
                                    6_000L, ""));
        }
    }

    @Test
    void waitingEvent_whoseVersionIsReplaced_runsUnderItAfterARestoreToo() throws Exception {
        OperatorSubtaskState state;
        try (InvocationHarness harness = InvocationHarness.open(job)) {
            harness.control(vector("calm", 1));
            harness.control(policyFrom(5_000, 2));
            harness.event(steered(5_000, 0L));
            harness.control(policyFrom(4_000, 3));
            state = harness.snapshot(1, 1);
        }
        try (InvocationHarness harness = InvocationHarness.restore(job, Subtask.ONLY, state)) {
            harness.event(steered(5_000, 1L));
            harness.endEvents();
            Map<String, Long> versions = new TreeMap<>();
            harness.results()
                    .forEach(
                            result ->
                                    versions.put(
                                            result.getEventId(),
                                            result.getPolicyVersions().get("p")));
            assertThat(versions).isEqualTo(Map.of("events-0-0", 2L, "events-0-1", 3L));
        }
    }

    @Test
    void subtask_thatIsNew_startsWithEverythingThatIsInForce() throws Exception {
        OperatorSubtaskState state;
        try (InvocationHarness harness = InvocationHarness.open(job)) {
            harness.control(vector("calm", 1));
            harness.control(policy("p", "calm", 2));
            harness.control(policyFrom(6_000, 3));
            state = harness.snapshot(1, 1);
        }
        for (int subtask = 0; subtask < 2; subtask++) {
            OperatorSubtaskState its =
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            state, InvocationHarness.MAX_PARALLELISM, 1, 2, subtask);
            try (InvocationHarness harness =
                    InvocationHarness.restore(job, new Subtask(subtask, 2), its)) {
                steered(harness, 0);
                assertThat(versions(harness))
                        .isEqualTo(
                                Map.of(
                                        4_999L, "p 2, calm 1",
                                        5_000L, "p 2, calm 1",
                                        5_999L, "p 2, calm 1",
                                        6_000L, "p 3, calm 1"));
            }
        }
    }

    private static void steered(InvocationHarness harness, long offset) throws Exception {
        harness.getOutput().clear();
        long next = offset;
        for (long time : new long[] {6_000, 4_999, 5_999, 5_000}) {
            harness.event(steered(time, next++));
        }
        harness.endEvents();
    }

    private static SourceEvent steered(long time, long offset) {
        return json(
                "{\"time\": %d, \"headers\": {\"steer\": \"p\"}, \"invocations\": [{\"prompt\": \"a\"}]}"
                        .formatted(time),
                offset);
    }

    /** What acted, by event time. */
    private static Map<Long, String> versions(InvocationHarness harness) {
        Map<Long, String> versions = new TreeMap<>();
        harness.results()
                .forEach(
                        result ->
                                versions.put(
                                        result.getEventTime().toEpochMilli(),
                                        result.getPolicyVersions().isEmpty()
                                                ? ""
                                                : "p %d, calm %d"
                                                        .formatted(
                                                                result.getPolicyVersions().get("p"),
                                                                result.getVectorVersions()
                                                                        .get("calm"))));
        return versions;
    }

    private static SourceEvent vectorFrom(long time, long offset) {
        return controlEvent(
                "{\"put\": \"vector\", \"name\": \"calm\", \"body\": [3, 4], \"effective\": %d}"
                        .formatted(time),
                offset);
    }

    private static SourceEvent policyFrom(long time, long offset) {
        return controlEvent(
                """
                {"put": "policy", "name": "p", "match": {"headers": {"steer": "p"}},
                 "effective": %d,
                 "body": {"interventions": [{"at": "model.layers.0.output", "op": "add",
                                             "vector": {"ref": "calm"}}]}}"""
                        .formatted(time),
                offset);
    }
}
