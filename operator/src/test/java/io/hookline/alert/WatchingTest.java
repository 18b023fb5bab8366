/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.program.ProgramException;
import io.hookline.schema.Alert;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When rules fire, when they stop to, and what they say. */
class WatchingTest {
    private static final Subject SUBJECT = new Subject(Seen.MODULE, "tenant", Optional.of("t"));
    private static final String DETECTOR = "'detector': {'type': 'threshold', 'above': 0.9}";

    private final Watching watching = new Watching(SUBJECT, List.of());
    private final List<Change> changes = new ArrayList<>();

    @Test
    void alert_whileItsValueStaysBeyond_isToldOnce() throws ProgramException {
        show(rule(""), 0.95, 0.99, 0.5, 0.5);
        assertThat(states()).containsExactly("firing@0", "resolved@2000");
        assertThat(alert(0).getFingerprint()).isEqualTo(alert(1).getFingerprint());
        assertThat(alert(1).getStartedAt().toEpochMilli()).isZero();
    }

    @Test
    void alert_duringItsCoolDown_doesNotBeginAgain() throws ProgramException {
        show(rule(", 'coolDown': '4s'"), 1, 0, 1, 0, 1, 0, 1);
        assertThat(states())
                .containsExactly("firing@0", "resolved@1000", "firing@4000", "resolved@5000");
    }

    @Test
    void alert_beyondForLessThanAsked_doesNotFire() throws ProgramException {
        show(rule(", 'for': '2s'"), 1, 1, 0, 1, 1, 1, 1);
        assertThat(states()).containsExactly("firing@5000");
    }

    @Test
    void alert_withoutSignalsForLong_isResolvedAndForgotten() throws ProgramException {
        Rule rule = rule(", 'expire': '10s'");
        show(rule, 1, 1);
        assertThat(watching.due(only(rule))).contains(11_000L);
        assertThat(watching.pass(only(rule), 10_999)).isEmpty();
        changes.addAll(watching.pass(only(rule), 11_000));
        assertThat(states()).containsExactly("firing@0", "resolved@11000");
        assertThat(watching.watches()).isEmpty();
    }

    @Test
    void rate_asTimePasses_isResolvedWithoutASignal() throws ProgramException {
        Rule rule =
                Rules.of(
                        "{'signal': 'angry', 'detector': {'type': 'rate', 'above': 0.9, 'count': 2, 'window': '5s'}}");
        show(rule, 1, 1);
        assertThat(watching.due(only(rule))).contains(5000L);
        changes.addAll(watching.pass(only(rule), 5000));
        assertThat(states()).containsExactly("firing@1000", "resolved@5000");
        assertThat(alert(0).getWindowStart().map(at -> at.toEpochMilli())).contains(0L);
        assertThat(alert(0).getWindowEnd().map(at -> at.toEpochMilli())).contains(1000L);
        assertThat(alert(0).getEventIds()).containsExactly("e0", "e1");
    }

    @Test
    void subject_withNothingToRemember_isForgotten() throws ProgramException {
        show(rule(""), 0.1, 0.2);
        assertThat(watching.watches()).isEmpty();
    }

    @Test
    void series_ofOneModule_areWatchedSeparately() throws ProgramException {
        Rule rule =
                Rules.of(
                        "{'kind': 'probe', 'detector': {'type': 'k_of_n', 'above': 0.9, 'k': 2, 'n': 2}}");
        Observation one = Seen.of("e", 1, 0);
        Observation other =
                new Observation(
                        one.modulePath(),
                        new Series("injection", "output", 0, "post"),
                        "probe",
                        1,
                        0,
                        "id",
                        0,
                        0,
                        one.origin());
        assertThat(watching.observe(rule, one)).isEmpty();
        assertThat(watching.observe(rule, other)).isEmpty();
        assertThat(watching.observe(rule, other)).isPresent();
    }

    @Test
    void newVersion_withTheSameDetector_goesOn() throws ProgramException {
        Rule first = rule("");
        show(first, 1);
        Rule second =
                Rules.of(
                        2,
                        "{'signal': 'angry', 'key': 'tenant', %s, 'summary': 'new'}"
                                .formatted(DETECTOR));
        assertThat(watching.replace(first, Optional.of(second))).isEmpty();
        changes.addAll(watching.observe(second, Seen.of("e9", 0, 9000)).stream().toList());
        assertThat(states()).containsExactly("firing@0", "resolved@9000");
        assertThat(alert(1).getRuleVersion()).isEqualTo(2);
        assertThat(alert(1).getSummary()).isEqualTo("new");
    }

    @Test
    void newVersion_withAnotherDetector_resolvesWhatFires() throws ProgramException {
        Rule first = rule("");
        show(first, 1);
        Rule second =
                Rules.of(2, "{'signal': 'angry', 'detector': {'type': 'threshold', 'above': 2}}");
        changes.addAll(watching.replace(first, Optional.of(second)));
        assertThat(states()).containsExactly("firing@0", "resolved@0");
        assertThat(alert(1).getRuleVersion()).isEqualTo(1);
        assertThat(watching.watches()).isEmpty();
    }

    @Test
    void removedRule_thatFires_isResolved() throws ProgramException {
        Rule rule = rule("");
        show(rule, 1);
        changes.addAll(watching.replace(rule, Optional.empty()));
        assertThat(states()).containsExactly("firing@0", "resolved@0");
    }

    @Test
    void laterVersion_fromItsTimeOn_takesOverAndDoesNotGoBack() throws ProgramException {
        RuleVersions rules = only(rule(""));
        Rule second =
                Rules.of(2, "{'signal': 'angry', 'detector': {'type': 'threshold', 'above': 2}}");
        rules.apply(new RuleChange("r", 2, 5000, Optional.of(second)));
        show(rules.at(4999).get(0), 1);
        assertThat(watching.due(rules)).contains(5000L);
        assertThat(watching.handOver(rules, 4999)).isEmpty();
        changes.addAll(watching.pass(rules, 5000));
        assertThat(states()).containsExactly("firing@0", "resolved@0");
        changes.addAll(watching.observe(second, Seen.of("e5", 3, 5000)).stream().toList());
        assertThat(watching.observe(rule(""), Seen.of("e4", 0, 4000))).isEmpty();
        assertThat(states()).containsExactly("firing@0", "resolved@0", "firing@5000");
    }

    @Test
    void laterVersion_withTheSameDetector_goesOnFromItsTimeOn() throws ProgramException {
        RuleVersions rules = only(rule(""));
        show(rule(""), 1);
        Rule second =
                Rules.of(
                        2,
                        "{'signal': 'angry', 'key': 'tenant', %s, 'summary': 'new'}"
                                .formatted(DETECTOR));
        rules.apply(new RuleChange("r", 2, 5000, Optional.of(second)));
        changes.addAll(watching.handOver(rules, 6000));
        changes.addAll(watching.observe(second, Seen.of("e6", 0, 6000)).stream().toList());
        assertThat(states()).containsExactly("firing@0", "resolved@6000");
        assertThat(alert(1).getRuleVersion()).isEqualTo(2);
    }

    @Test
    void record_ofAnAlert_saysWhatThePersonOnCallNeeds() throws ProgramException {
        show(
                rule(
                        ", 'labels': {'team': 'a'}, 'summary': '{tenant}: {event} {signal} {value} > {threshold} at {module}'"),
                0.97);
        Alert alert = alert(0);
        assertThat(alert.getState()).isEqualTo("firing");
        assertThat(alert.getKey()).contains("t");
        assertThat(alert.getModulePath()).isEqualTo(Seen.MODULE);
        assertThat(alert.getDetector()).isEqualTo("threshold");
        assertThat(alert.getValue()).isEqualTo(0.97);
        assertThat(alert.getThreshold()).isEqualTo(0.9);
        assertThat(alert.getSummary())
                .isEqualTo("t: e0 angry 0.9700 > 0.9000 at model.model.layers.2");
        assertThat(alert.getLabels()).containsEntry("team", "a");
        assertThat(alert.getModel()).contains("ticketlm");
        assertThat(alert.getExemplars()).hasSize(1);
        assertThat(alert.getExemplars().get(0).getEventId()).isEqualTo("e0");
        assertThat(alert.getFingerprint()).matches("[0-9a-f]{32}");
    }

    @Test
    void evidence_ofManySignals_isBounded() throws ProgramException {
        Rule rule =
                Rules.of(
                        "{'signal': 'angry', 'detector': {'type': 'k_of_n', 'above': 0.9, 'k': 20, 'n': 20}}");
        double[] values = new double[20];
        java.util.Arrays.fill(values, 1);
        show(rule, values);
        assertThat(alert(0).getEventIds()).hasSize(10).endsWith("e19");
        assertThat(alert(0).getExemplars()).hasSize(3);
    }

    private static Rule rule(String more) throws ProgramException {
        return Rules.of("{'signal': 'angry', 'key': 'tenant', %s%s}".formatted(DETECTOR, more));
    }

    private static RuleVersions only(Rule rule) {
        RuleVersions rules = new RuleVersions();
        rules.apply(RuleChange.put(rule));
        return rules;
    }

    private void show(Rule rule, double... values) {
        for (int index = 0; index < values.length; index++) {
            watching.observe(rule, Seen.of("e" + index, values[index], 1000L * index))
                    .ifPresent(changes::add);
        }
    }

    private List<String> states() {
        return changes.stream()
                .map(AlertRecords::record)
                .map(alert -> alert.getState() + "@" + alert.getEventTime().toEpochMilli())
                .toList();
    }

    private Alert alert(int index) {
        return AlertRecords.record(changes.get(index));
    }
}
