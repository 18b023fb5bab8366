/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.examples.cli.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesCheckCommandTest {
    private static final String RULES =
            """
            {"put": "rule", "name": "hot", "body": {"signal": "angry", "key": "tenant", "expire": "20s",
             "detector": {"type": "threshold", "above": 0.9}, "summary": "{event} at {value}"}}
            {"put": "rule", "name": "lost", "body": {"signal": "angri", "detector": {"type": "threshold", "above": 0.9}}}
            """;

    private static final String SIGNALS =
            """
            {"name": "angry", "value": 0.2, "eventTime": "2026-01-01T00:00:00Z", "tenant": "a", "eventId": "e1"}
            {"name": "angry", "value": 0.95, "eventTime": "2026-01-01T00:00:10Z", "tenant": "a", "eventId": "e2"}
            {"name": "angry", "value": 0.97, "eventTime": "2026-01-01T00:00:20Z", "tenant": "b", "eventId": "e3"}
            {"name": "angry", "value": 0.1, "eventTime": "2026-01-01T00:00:40Z", "tenant": "b", "eventId": "e4"}
            """;

    @TempDir Path folder;

    @Test
    void check_ofRulesOnSignals_saysWhetherAndWhenTheyWouldHaveFired() throws IOException {
        RulesRun run = check(RULES, "--signals", file("signals.jsonl", SIGNALS));
        assertThat(run.code()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "2026-01-01T00:00:10Z  firing    hot  e2 at 0.9500  [a]",
                        "2026-01-01T00:00:20Z  firing    hot  e3 at 0.9700  [b]",
                        "2026-01-01T00:00:40Z  resolved  hot  e3 at 0.1000  [b]",
                        "2026-01-01T00:00:30Z  resolved  hot  e2 at 0.9500  [a]",
                        "rule 'hot' fired 2 times over 4 signals",
                        "rule 'lost' looked at none of 4 signals: no signal is called 'angri', did you mean 'angry'?");
    }

    @Test
    void check_forMachines_printsAnObjectOnEachLine() throws IOException {
        RulesRun run = check(RULES, "--json", "--signals", file("signals.jsonl", SIGNALS));
        assertThat(run.out().lines().toList())
                .hasSize(6)
                .last()
                .isEqualTo("{\"checked\":\"lost\",\"signals\":0,\"fired\":0,\"firing\":0}");
        assertThat(run.out()).contains("\"eventIds\":[\"e2\"]");
    }

    @Test
    void check_ofRulesAlone_saysWhichAreRight() throws IOException {
        RulesRun run =
                check(
                        "[{\"put\": \"rule\", \"name\": \"a\", \"body\": {\"kind\": \"norm\", \"detector\": {\"type\": \"cusum\"}}},"
                                + " {\"put\": \"rule\", \"name\": \"b\", \"body\": {\"kind\": \"nrom\", \"detector\": {\"type\": \"cusum\"}}}]");
        assertThat(run.code()).isEqualTo(CommandRun.REFUSED);
        assertThat(run.out())
                .contains("rule 2 'b': MALFORMED_EVENT /body/kind: ")
                .contains("did you mean 'norm'?")
                .contains("rule 'a' is right");
    }

    @Test
    void check_ofAFileThatIsNoJson_saysWhere() throws IOException {
        assertThat(check("{", "--json").code()).isEqualTo(CommandRun.FAILED);
        RulesRun run = check(RULES, "--signals", file("signals.jsonl", "{\"name\": \"a\"}\n"));
        assertThat(run.code()).isEqualTo(CommandRun.FAILED);
        assertThat(run.err()).contains("a signal needs a number as its 'value' in line 1 of");
    }

    private RulesRun check(String rules, String... more) throws IOException {
        return RulesRun.check(file("rules.json", rules), more);
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }
}
