/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.examples.cli.CommandRun;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveCommandITCase {
    @Test
    void newStructures_areServedAmongOthers(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("live.json");
        int code =
                CommandRun.of(
                        new BenchCommand(),
                        "live",
                        "--quick",
                        "--batch",
                        "4",
                        "--tokens",
                        "8",
                        "--json",
                        json.toString());
        assertThat(code).isZero();
        JsonNode report = new ObjectMapper().readTree(Files.readString(json));
        assertThat(report.get("about").asText()).startsWith("3 new structures among ");
        JsonNode rows = report.get("rows");
        assertThat(rows)
                .extracting(row -> row.get("name").asText())
                .containsExactly("new-structure", "others-latency", "throughput");
        assertThat(rows.get(0).get("ms").asDouble())
                .isPositive()
                .isLessThanOrEqualTo(rows.get(0).get("max-ms").asDouble());
        assertThat(rows.get(0).get("goal").asDouble()).isEqualTo(1);
        assertThat(rows.get(1).get("p99-ms").asDouble()).isPositive();
        assertThat(rows.get(2).get("ratio").asDouble()).isPositive();
    }
}
