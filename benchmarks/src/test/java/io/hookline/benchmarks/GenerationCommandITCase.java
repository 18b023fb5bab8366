/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.examples.cli.CommandRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The suite runs and says what it should; how fast anything is, no test can know. */
final class GenerationCommandITCase {
    @TempDir private Path folder;

    @Test
    void generation_quick_writesBothRows() throws Exception {
        Path file = folder.resolve("generation.json");
        int code =
                CommandRun.of(
                        new BenchCommand(), "generation", "--quick", "--json", file.toString());
        assertThat(code).isEqualTo(CommandRun.OK);
        JsonNode report = new ObjectMapper().readTree(file.toFile());
        assertThat(report.get("suite").textValue()).isEqualTo("generation");
        assertThat(report.get("rows")).hasSize(2);
        JsonNode continuous = report.get("rows").get(0);
        assertThat(continuous.get("name").textValue()).isEqualTo("continuous-vs-static");
        assertThat(continuous.get("goal").doubleValue()).isEqualTo(1.3);
        JsonNode streamed = report.get("rows").get(1);
        assertThat(streamed.get("name").textValue()).isEqualTo("generate-vs-async");
        assertThat(streamed.get("goal").doubleValue()).isEqualTo(4);
        for (JsonNode row : report.get("rows")) {
            assertThat(row.get("ratio").doubleValue()).isPositive().isFinite();
        }
    }

    @Test
    void generation_ofAModelWithoutKvCache_fails() {
        assertThat(CommandRun.of(new BenchCommand(), "generation", "--quick", "--model", "minilm"))
                .isEqualTo(CommandRun.FAILED);
    }
}
