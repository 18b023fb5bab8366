/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.program.ProgramException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which version of a rule holds for which event time. */
class RuleVersionsTest {
    private final RuleVersions rules = new RuleVersions();

    @Test
    void version_withATime_holdsFromThenOn() throws ProgramException {
        rules.apply(RuleChange.put(rule(1)));
        assertThat(rules.apply(from(100, rule(2)))).isEmpty();
        assertThat(versions(99)).containsExactly(1L);
        assertThat(versions(100)).containsExactly(2L);
        assertThat(rules.all()).extracting(Rule::version).containsExactly(1L, 2L);
    }

    @Test
    void version_withoutATime_holdsOverAllBefore() throws ProgramException {
        rules.apply(RuleChange.put(rule(1)));
        rules.apply(from(100, rule(2)));
        assertThat(rules.apply(RuleChange.put(rule(3))))
                .extracting(each -> each.before().version(), each -> each.after().isPresent())
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(1L, true),
                        org.assertj.core.api.Assertions.tuple(2L, true));
        assertThat(versions(0)).containsExactly(3L);
        assertThat(versions(100)).containsExactly(3L);
    }

    @Test
    void version_withAnEarlierTime_takesThePlaceOfLaterOnes() throws ProgramException {
        rules.apply(from(100, rule(1)));
        assertThat(rules.apply(from(50, rule(2))))
                .extracting(each -> each.before().version())
                .containsExactly(1L);
        assertThat(versions(49)).isEmpty();
        assertThat(versions(100)).containsExactly(2L);
    }

    @Test
    void removal_withATime_endsTheRuleThen() throws ProgramException {
        rules.apply(RuleChange.put(rule(1)));
        rules.apply(new RuleChange("r", 2, 100, Optional.empty()));
        assertThat(versions(99)).containsExactly(1L);
        assertThat(versions(100)).isEmpty();
        assertThat(rules.end(rule(1))).contains(100L);
    }

    @Test
    void removal_ofWhatIsNotThere_leavesNothing() {
        assertThat(rules.apply(new RuleChange("r", 2, 100, Optional.empty()))).isEmpty();
        assertThat(rules.of("r")).isEmpty();
    }

    @Test
    void versions_ofOneName_areBounded() throws ProgramException {
        for (int version = 0; version <= RuleVersions.MAX_VERSIONS; version++) {
            List<RuleVersions.Replaced> replaced = rules.apply(from(version * 10L, rule(version)));
            assertThat(replaced).hasSize(version < RuleVersions.MAX_VERSIONS ? 0 : 1);
        }
        assertThat(rules.of("r")).hasSize(RuleVersions.MAX_VERSIONS);
        assertThat(versions(9)).isEmpty();
        assertThat(versions(10)).containsExactly(1L);
    }

    private List<Long> versions(long time) {
        return rules.at(time).stream().map(Rule::version).toList();
    }

    private static RuleChange from(long time, Rule rule) {
        return new RuleChange("r", rule.version(), time, Optional.of(rule));
    }

    private static Rule rule(long version) throws ProgramException {
        return Rules.of(
                version, "{'signal': 'angry', 'detector': {'type': 'threshold', 'above': 1}}");
    }
}
