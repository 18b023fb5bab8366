/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.examples.cli.CommandRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The suite runs and says what it should; how fast anything is, no test can know. */
final class PipelineCommandITCase {
    @TempDir private Path folder;

    @Test
    void pipeline_quick_writesEveryRow() throws Exception {
        Path file = folder.resolve("pipeline.json");

        int code =
                CommandRun.of(
                        new BenchCommand(),
                        "pipeline",
                        "--quick",
                        "--batch",
                        "4",
                        "--tokens",
                        "8",
                        "--json",
                        file.toString());

        assertThat(code).isEqualTo(CommandRun.OK);
        JsonNode report = new ObjectMapper().readTree(file.toFile());
        assertThat(report.get("suite").textValue()).isEqualTo("pipeline");
        assertThat(report.get("model").textValue()).isEqualTo("ticketlm");
        assertThat(report.get("threads").intValue()).isEqualTo(1);
        List<String> names = new ArrayList<>();
        for (JsonNode row : report.get("rows")) {
            names.add(row.get("name").textValue());
            assertThat(row.get("ratio").doubleValue()).as(row + "").isFinite().isPositive();
            assertThat(row.get("cpuRatio").doubleValue()).as(row + "").isFinite().isPositive();
            boolean hasGoal = !row.get("name").textValue().equals("pipeline-vs-ort");
            assertThat(row.get("goal").isNumber()).as(row + "").isEqualTo(hasGoal);
        }
        assertThat(names)
                .containsExactly(
                        "pipeline-vs-ort",
                        "operator-vs-ort",
                        "forward-vs-async",
                        "sink-vs-producer");
    }
}
