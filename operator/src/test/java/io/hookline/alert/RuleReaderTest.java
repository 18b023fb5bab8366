/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hookline.program.Io;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RuleReaderTest {
    @Test
    void rule_withEverything_isReadAsItStands() throws ProgramException {
        Rule rule =
                RuleReader.read(
                        Rules.document(
                                """
                                {"put": "rule", "name": "angry", "match": {"tenant": "acme"}, "body": {
                                  "signal": "angry", "kind": "probe", "modules": ["model.model.layers.[0:4]", "model.**.mlp"],
                                  "io": "output", "key": {"header": "team"},
                                  "detector": {"type": "threshold", "above": 0.9, "clear": 0.7},
                                  "for": "10s", "coolDown": "1m30s", "expire": 5000, "severity": "critical",
                                  "labels": {"team": "support"}, "summary": "{event} is angry: {value}",
                                  "around": {"before": 2, "after": 1, "maxBytes": 1000, "cache": "held/full"}}}
                                """),
                        17);

        assertThat(rule.name()).isEqualTo("angry");
        assertThat(rule.version()).isEqualTo(17);
        assertThat(rule.selection().signal()).contains("angry");
        assertThat(rule.selection().io()).contains(Io.OUTPUT);
        assertThat(rule.selection().match().orElseThrow().tenant()).contains("acme");
        assertThat(rule.key()).isEqualTo(new SubjectKey.Header("team"));
        assertThat(rule.detector()).isEqualTo(new Threshold(new Bound(true, 0.9, 0.7)));
        assertThat(rule.timing()).isEqualTo(new Rule.Timing(10_000, 90_000, 5000));
        assertThat(rule.notice())
                .isEqualTo(
                        new Rule.Notice(
                                Severity.CRITICAL,
                                Map.of("team", "support"),
                                new SummaryTemplate("{event} is angry: {value}")));
        assertThat(rule.around()).contains(new Around(2, 1, 1000, Optional.of("held/full")));
    }

    @Test
    void rule_withTheLeast_hasDefaults() throws ProgramException {
        Rule rule = Rules.of("{'kind': 'norm', 'detector': {'type': 'cusum'}}");
        assertThat(rule.key()).isEqualTo(new SubjectKey.Nothing());
        assertThat(rule.timing()).isEqualTo(new Rule.Timing(0, 0, 3_600_000));
        assertThat(rule.notice().severity()).isEqualTo(Severity.WARNING);
        assertThat(rule.detector())
                .isEqualTo(new Cusum(0.5, 5, new Baseline.Learnt(30), Direction.BOTH));
        assertThat(rule.around()).isEmpty();
    }

    @Test
    void detectors_ofEveryType_areReadWithTheirParameters() throws ProgramException {
        assertThat(detector("{'type': 'ewma', 'alpha': 0.2, 'below': 1, 'clear': 2}"))
                .isEqualTo(new Ewma(0.2, new Ewma.Limit.Fixed(new Bound(false, 1, 2))));
        assertThat(
                        detector(
                                "{'type': 'ewma', 'alpha': 0.2, 'limit': 3, 'mean': 1, 'deviation': 2, 'direction': 'up'}"))
                .isEqualTo(
                        new Ewma(
                                0.2,
                                new Ewma.Limit.Control(3, new Baseline.Given(1, 2), Direction.UP)));
        assertThat(detector("{'type': 'zscore', 'limit': 4, 'warmUp': 9, 'memory': 50}"))
                .isEqualTo(new ZScore(4, 9, 50, Direction.BOTH));
        assertThat(
                        detector(
                                "{'type': 'page_hinkley', 'delta': 0.1, 'lambda': 5, 'direction': 'down'}"))
                .isEqualTo(new PageHinkley(0.1, 5, 30, Direction.DOWN));
        assertThat(detector("{'type': 'rate', 'above': 0.5, 'count': 3, 'window': '1m'}"))
                .isEqualTo(new Rate(Bound.above(0.5), 3, 60_000));
        assertThat(detector("{'type': 'k_of_n', 'below': 0.5, 'k': 2, 'n': 5}"))
                .isEqualTo(new KOfN(Bound.below(0.5), 2, 5));
    }

    @Test
    void rule_withManyMistakes_isToldAllOfThemInDocumentOrder() {
        List<Problem> problems =
                problems(
                        """
                        {'signl': 'angry', 'modules': [], 'key': 'tennant',
                         'detector': {'type': 'thresold', 'above': 1}, 'coolDown': '5 minutes',
                         'severity': 'bad', 'labels': {'a-b': 'c'}, 'summary': 'at {modul}',
                         'around': {'before': -1}}
                        """);
        assertThat(problems)
                .extracting(Problem::pointer)
                .containsExactly(
                        "/body/signl",
                        "/body/modules",
                        "/body/key",
                        "/body/detector/type",
                        "/body/coolDown",
                        "/body/severity",
                        "/body/labels",
                        "/body/summary",
                        "/body/around/before");
        assertThat(problems)
                .extracting(Problem::message)
                .contains(
                        "no field 'signl' in a rule, did you mean 'signal'?",
                        "'key' must be one of 'none', 'tenant', 'session', 'event', 'model_version', got 'tennant', did you mean 'tenant'?",
                        "'type' must be one of 'threshold', 'ewma', 'zscore', 'cusum', 'page_hinkley', 'rate', 'k_of_n', got 'thresold', did you mean 'threshold'?",
                        "no placeholder '{modul}' in a summary, did you mean 'module'?");
    }

    @Test
    void rule_withoutSignalOrDetector_isToldWhatIsMissing() {
        assertThat(problems("{}"))
                .extracting(Problem::message)
                .containsExactly(
                        "a rule needs a 'signal' or a 'kind'", "'detector' is missing in a rule");
    }

    @Test
    void detectors_whosePartsDoNotFit_areRefusedWithAReason() {
        assertThat(refused("{'type': 'threshold', 'above': 1, 'below': 2}"))
                .isEqualTo("a limit is either 'above' or 'below'");
        assertThat(refused("{'type': 'threshold', 'above': 1, 'clear': 2}"))
                .isEqualTo("clear must lie on the calm side of 1.0, got 2.0");
        assertThat(refused("{'type': 'k_of_n', 'above': 1, 'k': 6, 'n': 5}"))
                .isEqualTo("k of n needs k from 1 to n and n of at most 10000, got 6 of 5");
        assertThat(refused("{'type': 'cusum', 'mean': 1}"))
                .isEqualTo("'mean' and 'deviation' are given together or learnt together");
        assertThat(refused("{'type': 'ewma', 'alpha': 2, 'above': 1}"))
                .isEqualTo("alpha must be above 0 and at most 1, got 2.0");
        assertThat(refused("{'type': 'ewma', 'alpha': 0.5, 'limit': 3, 'above': 1}"))
                .isEqualTo("an average has a 'limit' or 'above', not both");
        assertThat(refused("{'type': 'rate', 'above': 1, 'count': 3, 'windw': 5}"))
                .isEqualTo("no field 'windw' in a detector 'rate', did you mean 'window'?");
    }

    @Test
    void globs_withNumbersOfAnyLength_areRead() throws ProgramException {
        Rule rule =
                Rules.of(
                        "{'signal': 'a', 'modules': ['m[0:99999999999]'], 'detector': {'type': 'threshold', 'above': 1}}");
        assertThat(rule.selection().covers("m.99999999999", "output")).isFalse();
    }

    @Test
    void globs_thatCountFromTheEnd_areRefused() {
        assertThat(
                        problems(
                                "{'signal': 'a', 'modules': ['m.layers[-2:]'], 'detector': {'type': 'threshold', 'above': 1}}"))
                .singleElement()
                .satisfies(
                        problem -> {
                            assertThat(problem.pointer()).isEqualTo("/body/modules/0");
                            assertThat(problem.message())
                                    .isEqualTo(
                                            "a rule can't count modules from the end, got 'm.layers[-2:]'");
                        });
    }

    private static Detector detector(String detector) throws ProgramException {
        return Rules.of("{'signal': 'a', 'detector': %s}".formatted(detector)).detector();
    }

    private static String refused(String detector) {
        List<Problem> problems = problems("{'signal': 'a', 'detector': %s}".formatted(detector));
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).pointer()).startsWith("/body/detector");
        return problems.get(0).message();
    }

    private static List<Problem> problems(String body) {
        return catchThrowableOfType(ProgramException.class, () -> Rules.of(body)).problems();
    }
}
