/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Rules of the control topic as lines in charts. */
final class RuleLinesTest {
    private static final SignalLog.Name SERIES =
            new SignalLog.Name("angry", "probe", "model.model.layers.2", "output", 0, "post");

    private final RuleLines lines = new RuleLines();

    @Test
    void rule_onTheSignalAtThatModule_givesItsLimit() {
        put(
                "rule/a",
                "{'signal': 'angry', 'modules': ['model.model.layers.*'], 'severity': 'critical', 'detector': {'type': 'threshold', 'above': 0.9}}");
        assertThat(lines.of(SERIES).toString())
                .isEqualTo(
                        "[{\"rule\":\"a\",\"detector\":\"threshold\",\"severity\":\"critical\",\"threshold\":0.9}]");
    }

    @Test
    void rule_onSomethingElse_givesNone() {
        put("rule/a", "{'signal': 'calm', 'detector': {'type': 'threshold', 'above': 0.9}}");
        put("rule/b", "{'kind': 'norm', 'detector': {'type': 'threshold', 'above': 0.9}}");
        put(
                "rule/c",
                "{'signal': 'angry', 'modules': ['model.lm_head'], 'detector': {'type': 'threshold', 'above': 0.9}}");
        put(
                "rule/d",
                "{'signal': 'angry', 'modules': ['[['], 'detector': {'type': 'threshold', 'above': 0.9}}");
        put("rule/e", "{'signal': 'angry', 'detector': {'type': 'zscore', 'limit': 4}}");
        put("policy/f", "{'signal': 'angry', 'detector': {'type': 'threshold', 'above': 0.9}}");
        assertThat(lines.of(SERIES)).isEmpty();
    }

    @Test
    void rule_onSomeOfAList_givesItsLimitThereOnly() {
        put(
                "rule/a",
                "{'signal': 'angry', 'modules': ['model.model.layers[3:6]'], 'detector': {'type': 'rate', 'above': 1}}");
        assertThat(lines.of(SERIES)).isEmpty();
        put(
                "rule/a",
                "{'signal': 'angry', 'modules': ['model.model.layers[0:3]'], 'detector': {'type': 'rate', 'above': 1}}");
        assertThat(lines.of(SERIES)).hasSize(1);
    }

    @Test
    void rule_thatIsRemoved_isGone() {
        put("rule/a", "{'kind': 'probe', 'detector': {'type': 'k_of_n', 'below': 0.1}}");
        assertThat(lines.of(SERIES)).hasSize(1);
        put("rule/a", "");
        assertThat(lines.of(SERIES)).isEmpty();
    }

    private void put(String key, String body) {
        byte[] text = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        lines.enter(key, Json.parse(text));
    }
}
