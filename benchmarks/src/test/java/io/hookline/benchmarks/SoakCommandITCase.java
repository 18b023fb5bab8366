/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.examples.cli.CommandRun;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The load runs and is measured; whether anything grows, seconds do not tell. */
final class SoakCommandITCase {
    @TempDir private Path folder;

    @Test
    void soak_forSeconds_endsEveryEventAndWritesEveryRow() throws Exception {
        Path file = folder.resolve("soak.json");

        int code =
                CommandRun.of(
                        new BenchCommand(),
                        "soak",
                        "--minutes",
                        "0.05",
                        "--batch",
                        "4",
                        "--tokens",
                        "8",
                        "--json",
                        file.toString());

        assertThat(code).isEqualTo(CommandRun.OK);
        JsonNode report = new ObjectMapper().readTree(file.toFile());
        assertThat(report.get("suite").textValue()).isEqualTo("soak");
        Map<String, JsonNode> rows = new HashMap<>();
        report.get("rows").forEach(row -> rows.put(row.get("name").textValue(), row));
        assertThat(rows)
                .containsOnlyKeys("heap", "resident", "latency", "throughput", "idle", "ended");
        assertThat(rows.get("ended").get("ratio").doubleValue()).isEqualTo(1);
        for (String memory : new String[] {"heap", "resident"}) {
            assertThat(rows.get(memory).get("MB at first").doubleValue()).isPositive();
            assertThat(rows.get(memory).get("MB at last").doubleValue()).isPositive();
        }
        assertThat(rows.get("latency").get("ms at last").doubleValue()).isPositive();
        assertThat(rows.get("throughput").get("per-second").doubleValue()).isPositive();
    }
}
