/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.examples.cli.CommandRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The suite runs and says what it should; how fast anything is, no test can know. */
final class HooksCommandITCase {
    private static final int LAYERS = 6;
    private static final List<String> ROWS =
            List.of(
                    "idle",
                    "idle-planned",
                    "tap-1",
                    "tap-6",
                    "tap-12",
                    "tap-12-all-tokens",
                    "tap-all-fp32",
                    "tap-all-fp16",
                    "bare-all-fp32",
                    "signals-12",
                    "edit-1",
                    "edit-6",
                    "edit-12",
                    "mixed-16",
                    "segments-1",
                    "segments-6",
                    "segments-12",
                    "last-logits",
                    "generate",
                    "int8-encode",
                    "int8-generate",
                    "plan-build",
                    "scan",
                    "plan-memory");

    @TempDir private Path folder;

    @Test
    void hooks_quickOnTheLanguageModel_writesEveryRow() throws Exception {
        JsonNode report = report("ticketlm");

        assertThat(report.get("suite").textValue()).isEqualTo("hooks");
        assertThat(report.get("model").textValue()).isEqualTo("ticketlm");
        assertThat(report.get("threads").intValue()).isEqualTo(1);
        List<String> expected = new ArrayList<>(ROWS);
        IntStream.rangeClosed(1, LAYERS).forEach(layer -> expected.add("stop-" + layer));
        assertThat(names(report)).containsExactlyInAnyOrderElementsOf(expected);
        assertNumbersAreFinite(report);
    }

    @Test
    void hooks_quickOnTheEncoder_writesEveryRowButThoseOfLogits() throws Exception {
        JsonNode report = report("minilm");

        assertThat(names(report))
                .contains("idle", "tap-12", "mixed-16", "segments-12", "stop-6", "int8-encode");
        assertThat(names(report)).doesNotContain("last-logits", "generate");
        assertNumbersAreFinite(report);
    }

    @Test
    void hooks_unknownModel_fails() {
        assertThat(CommandRun.of(new BenchCommand(), "hooks", "--model", "nothing"))
                .isEqualTo(CommandRun.FAILED);
    }

    private JsonNode report(String model) throws Exception {
        Path file = folder.resolve(model + ".json");
        int code =
                CommandRun.of(
                        new BenchCommand(),
                        "hooks",
                        "--quick",
                        "--batch",
                        "16",
                        "--tokens",
                        "8",
                        "--model",
                        model,
                        "--json",
                        file.toString());
        assertThat(code).isEqualTo(CommandRun.OK);
        return new ObjectMapper().readTree(file.toFile());
    }

    private static List<String> names(JsonNode report) {
        List<String> names = new ArrayList<>();
        report.get("rows").forEach(row -> names.add(row.get("name").textValue()));
        return names;
    }

    private static void assertNumbersAreFinite(JsonNode report) {
        for (JsonNode row : report.get("rows")) {
            for (String field : fields(row)) {
                assertThat(row.get(field).isNumber()).as(row + " " + field).isTrue();
                assertThat(row.get(field).doubleValue()).as(row + " " + field).isFinite();
            }
            boolean toReach = fields(row).contains("goal");
            assertThat(row.path("goal").doubleValue() > 0).isEqualTo(toReach);
        }
    }

    /** What shows what is possible has no goal. */
    private static List<String> fields(JsonNode row) {
        return row.get("name").textValue().startsWith("bare-")
                ? List.of("ratio", "cpuRatio")
                : List.of("ratio", "cpuRatio", "goal");
    }
}
