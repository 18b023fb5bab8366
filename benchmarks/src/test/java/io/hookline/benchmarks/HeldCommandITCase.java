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

class HeldCommandITCase {
    @Test
    void heldRecords_droppedAndKept_areMeasuredInEachSize(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("held.json");
        int code = CommandRun.of(new BenchCommand(), "held", "--quick", "--json", json.toString());
        assertThat(code).isZero();
        JsonNode rows = new ObjectMapper().readTree(Files.readString(json)).get("rows");
        assertThat(rows)
                .extracting(row -> row.get("name").asText() + " " + row.get("bytes").asInt())
                .containsExactly("dropped 16384", "kept 16384", "dropped 65536", "kept 65536");
        assertThat(rows).allMatch(row -> row.get("cpuMicros").isNumber());
    }
}
