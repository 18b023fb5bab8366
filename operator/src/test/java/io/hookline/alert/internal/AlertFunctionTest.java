/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert.internal;

import static io.hookline.alert.internal.AlertHarness.control;
import static io.hookline.alert.internal.AlertHarness.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.alert.Seen;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.Destination;
import io.hookline.schema.ElementType;
import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.TensorCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;

/** Rules, signals and held records through both steps, in Flink's own operators. */
class AlertFunctionTest {
    private static final String BY_TENANT =
            "{'signal': 'angry', 'key': 'tenant', 'expire': '10s', 'detector': {'type': 'threshold', 'above': 0.9}}";
    private static final String AROUND =
            "{'signal': 'angry', 'expire': '10s', 'detector': {'type': 'threshold', 'above': 0.9}, 'around': {'before': 1, 'after': 1}}";

    @Test
    void ruleOfTheStart_watchesTheFirstSignal() throws Exception {
        try (AlertHarness job = AlertHarness.start(rule(3, "hot", BY_TENANT))) {
            job.signal("e1", "a", 0.95, 0);
            assertThat(job.alerts()).containsExactly("firing hot@3 a");
        }
    }

    @Test
    void tenants_ofOneRule_areWatchedSeparately() throws Exception {
        try (AlertHarness job = AlertHarness.start(rule(3, "hot", BY_TENANT))) {
            job.signal("e1", "a", 0.95, 0);
            job.signal("e2", "a", 0.95, 1);
            job.signal("e3", "b", 0.95, 2);
            job.signal("e4", "a", 0.1, 3);
            assertThat(job.alerts())
                    .containsExactly("firing hot@3 a", "firing hot@3 b", "resolved hot@3 a");
        }
    }

    @Test
    void rule_putWhileTheJobRuns_holdsFromTheNextSignalOn() throws Exception {
        try (AlertHarness job = AlertHarness.start()) {
            job.signal("e1", "a", 0.95, 0);
            job.rule(rule(3, "hot", BY_TENANT));
            job.signal("e2", "a", 0.95, 1);
            job.rule(rule(4, "hot", BY_TENANT.replace("0.9", "0.99")));
            job.rule(control(5, "{\"remove\": \"rule\", \"name\": \"hot\"}"));
            job.signal("e3", "a", 1, 2);
            assertThat(job.alerts()).containsExactly("firing hot@3 a", "resolved hot@3 a");
            assertThat(job.keyedState()).isZero();
        }
    }

    @Test
    void rule_withATime_takesOverInEventTimeAndSurvivesARestore() throws Exception {
        AlertHarness.Snapshot snapshot;
        try (AlertHarness job = AlertHarness.start(rule(3, "hot", BY_TENANT))) {
            job.rule(from(100, rule(4, "hot", BY_TENANT.replace("0.9", "0.5"))));
            job.signal("e1", "a", 0.7, 99);
            assertThat(job.alerts()).isEmpty();
            job.signal("e2", "a", 0.7, 100);
            job.signal("e3", "b", 0.95, 50);
            job.time(100);
            assertThat(job.alerts())
                    .containsExactly("firing hot@4 a", "firing hot@3 b", "resolved hot@3 b");
            snapshot = job.snapshot(1);
        }
        try (AlertHarness job = AlertHarness.restore(snapshot, 1, 0)) {
            job.signal("e4", "c", 0.7, 99);
            job.signal("e5", "c", 0.7, 100);
            assertThat(job.alerts()).containsExactly("firing hot@4 c");
        }
    }

    @Test
    void removal_withATime_endsWhatFiresThen() throws Exception {
        try (AlertHarness job = AlertHarness.start(rule(3, "hot", BY_TENANT))) {
            job.signal("e1", "a", 0.95, 0);
            job.rule(control(5, "{\"remove\": \"rule\", \"name\": \"hot\", \"effective\": 100}"));
            job.signal("e2", "a", 0.95, 99);
            assertThat(job.alerts()).containsExactly("firing hot@3 a");
            job.signal("e3", "a", 0.95, 100);
            assertThat(job.alerts()).containsExactly("firing hot@3 a", "resolved hot@3 a");
            assertThat(job.keyedState()).isZero();
        }
    }

    /** The same control event with that event time. */
    private static SourceEvent from(long time, SourceEvent put) {
        String json = new String(put.value(), StandardCharsets.UTF_8);
        return control(
                put.position().offset(),
                json.substring(0, json.length() - 1) + ", \"effective\": " + time + "}");
    }

    @Test
    void rule_thatIsWrong_isADeadLetterAndChangesNothing() throws Exception {
        try (AlertHarness job = AlertHarness.start(rule(3, "hot", BY_TENANT))) {
            job.rule(rule(4, "hot", "{'signal': 'angry', 'detector': {'type': 'cusun'}}"));
            job.signal("e1", "a", 0.95, 0);
            assertThat(job.alerts()).containsExactly("firing hot@3 a");
            DeadLetter letter =
                    AvroFraming.singleObject().decode(job.sent().get(0).value(), DeadLetter.class);
            assertThat(letter.getCode()).isEqualTo("MALFORMED_EVENT");
            assertThat(letter.getPointer()).contains("/body/detector/type");
            assertThat(letter.getReason()).endsWith("did you mean 'cusum'?");
        }
    }

    @Test
    void ruleOfTheStart_thatIsWrong_isADeadLetterToo() throws Exception {
        try (AlertHarness job =
                AlertHarness.start(rule(3, "hot", "{}"), rule(4, "ok", BY_TENANT))) {
            job.signal("e1", "a", 0.95, 0);
            assertThat(job.sent())
                    .extracting(Envelope::destination)
                    .containsExactly(new Destination.DeadLetters(), new Destination.Alerts());
        }
    }

    @Test
    void otherControlEvents_ofAnyKind_areNotLookedAt() throws Exception {
        try (AlertHarness job = AlertHarness.start()) {
            job.rule(control(1, "{\"put\": \"vector\", \"name\": \"v\", \"body\": [1]}"));
            job.rule(control(2, "no JSON"));
            assertThat(job.sent()).isEmpty();
        }
    }

    @Test
    void silence_untilTheRuleExpires_resolvesAndLeavesNothingBehind() throws Exception {
        try (AlertHarness job = AlertHarness.start(rule(3, "hot", BY_TENANT))) {
            job.signal("e1", "a", 0.95, 0);
            job.signal("e2", "a", 0.95, 5_000);
            job.time(14_999);
            assertThat(job.alerts()).containsExactly("firing hot@3 a");
            job.time(15_000);
            assertThat(job.alerts()).containsExactly("firing hot@3 a", "resolved hot@3 a");
            assertThat(job.keyedState()).isZero();
            assertThat(job.timers()).isZero();
        }
    }

    @Test
    void silence_ofTheWholeStream_isNoTimeThatPasses() throws Exception {
        try (AlertHarness job = AlertHarness.start(rule(3, "hot", BY_TENANT))) {
            job.signal("e1", "a", 0.95, 0);
            job.idle();
            assertThat(job.alerts()).containsExactly("firing hot@3 a");
        }
    }

    @Test
    void calmSignals_ofAnyNumberOfKeys_leaveNothingBehind() throws Exception {
        try (AlertHarness job = AlertHarness.start(rule(3, "hot", BY_TENANT))) {
            for (int tenant = 0; tenant < 100; tenant++) {
                job.signal("e" + tenant, "t" + tenant, 0.1, tenant);
            }
            assertThat(job.keyedState()).isZero();
            assertThat(job.timers()).isZero();
        }
    }

    @Test
    void alert_thatFires_isTheSameAfterARestoreIntoTwoSubtasks() throws Exception {
        List<String> tenants = List.of("a", "b", "c", "d", "e", "f");
        AlertHarness.Snapshot snapshot;
        try (AlertHarness job = AlertHarness.start(rule(3, "hot", BY_TENANT))) {
            for (String tenant : tenants) {
                job.signal("e1", tenant, 0.95, 0);
            }
            snapshot = job.snapshot(1);
        }
        int resolved = 0;
        for (int subtask = 0; subtask < 2; subtask++) {
            try (AlertHarness job = AlertHarness.restore(snapshot, 2, subtask)) {
                for (String tenant : tenants) {
                    if (belongs(tenant, subtask)) {
                        job.signal("e2", tenant, 0.95, 1);
                        assertThat(job.alerts()).noneMatch(alert -> alert.startsWith("firing"));
                        job.signal("e3", tenant, 0.1, 2);
                    }
                }
                resolved += job.alerts().size();
                assertThat(job.keyedState()).isZero();
            }
        }
        assertThat(resolved).isEqualTo(tenants.size());
    }

    private static boolean belongs(String tenant, int subtask) {
        String key =
                new io.hookline.alert.Subject(Seen.MODULE, "tenant", java.util.Optional.of(tenant))
                        .text();
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        key, AlertHarness.MAX_PARALLELISM, 2)
                == subtask;
    }

    @Test
    void heldRecords_withoutAnAlert_neverLeave() throws Exception {
        try (AlertHarness job = AlertHarness.start(rule(3, "hot", AROUND))) {
            for (int event = 0; event < 9; event++) {
                job.send(held("e" + event, event));
                job.signal("e" + event, "a", 0.1, event);
            }
            assertThat(job.sent()).isEmpty();
            job.time(20_000);
            assertThat(job.keyedState()).isZero();
        }
    }

    @Test
    void heldRecords_aroundAnAlert_leaveOnceToTheirModulesTopic() throws Exception {
        try (AlertHarness job = AlertHarness.start(rule(3, "hot", AROUND))) {
            for (int event = 0; event < 9; event++) {
                job.send(held("e" + event, event));
                job.signal("e" + event, "a", event == 4 || event == 5 ? 1 : 0.1, event);
            }
            assertThat(job.sent())
                    .filteredOn(each -> each.destination() instanceof Destination.Activations)
                    .extracting(Envelope::key, Envelope::spread)
                    .containsExactly(
                            org.assertj.core.api.Assertions.tuple(Seen.MODULE, "e3"),
                            org.assertj.core.api.Assertions.tuple(Seen.MODULE, "e4"),
                            org.assertj.core.api.Assertions.tuple(Seen.MODULE, "e5"));
        }
    }

    @Test
    void heldRecords_thatComeAfterTheirSignal_leaveToo() throws Exception {
        try (AlertHarness job = AlertHarness.start(rule(3, "hot", AROUND))) {
            job.signal("e1", "a", 1, 1);
            job.send(held("e1", 1));
            job.send(held("e1", 1));
            job.send(held("e2", 2));
            job.send(held("e3", 3));
            assertThat(job.sent()).extracting(Envelope::spread).endsWith("e1", "e1", "e2");
        }
    }

    @Test
    void heldRecords_inTheRing_surviveARestore() throws Exception {
        AlertHarness.Snapshot snapshot;
        try (AlertHarness job = AlertHarness.start(rule(3, "hot", AROUND))) {
            job.send(held("e1", 1));
            snapshot = job.snapshot(1);
        }
        try (AlertHarness job = AlertHarness.restore(snapshot, 1, 0)) {
            job.send(held("e2", 2));
            job.signal("e2", "a", 1, 2);
            assertThat(job.sent()).extracting(Envelope::spread).endsWith("e1", "e2");
        }
    }

    private static Envelope held(String event, long time) {
        ActivationRecord record =
                ActivationRecord.newBuilder()
                        .setRecordId("id-" + event)
                        .setEventId(event)
                        .setSource(new SourceRecord("events", 0, time))
                        .setInvocation(0)
                        .setCache("held/full")
                        .setModulePath(Seen.MODULE)
                        .setIo("output")
                        .setFirstToken(0)
                        .setLastToken(0)
                        .setTensor(
                                TensorCodec.payload(
                                        new float[] {1, 2}, new int[] {1, 2}, ElementType.FLOAT32))
                        .setModel("ticketlm")
                        .setModelDigest("ab")
                        .setEventTime(Instant.ofEpochMilli(time))
                        .build();
        return new Envelope(
                new Destination.Held(Seen.MODULE),
                Seen.MODULE,
                event,
                AvroFraming.singleObject().encode(record),
                List.of());
    }
}
