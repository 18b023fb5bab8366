/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.examples.cli.CommandRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The suite does the work and compares; how fast anything is, no test can know. */
final class NnsightCommandITCase {
    private static final List<String> ROWS =
            List.of(
                    "encode",
                    "encode-all",
                    "steer",
                    "generate",
                    "batch8",
                    "host-0",
                    "host-1",
                    "host-12");

    @TempDir private Path folder;

    private static String reference(List<String> work) {
        return work.stream()
                .map(
                        name ->
                                "\"%s\": {\"nnsight\": {\"cpu_s\": 0.5, \"wall_s\": 0.25, \"rounds\": 3}}"
                                        .formatted(name))
                .collect(
                        Collectors.joining(
                                ", ", "{\"threads\": 1, \"tokens\": 9, \"events\": {", "}}"));
    }

    @Test
    void nnsight_quickOnTheLanguageModel_comparesEveryPieceOfWork() throws Exception {
        Path file = folder.resolve("report.json");
        Path nnsight =
                Files.writeString(
                        folder.resolve("reference.json"), reference(NnsightReference.WORK));

        int code =
                CommandRun.of(
                        new BenchCommand(),
                        "nnsight",
                        "--quick",
                        "--model",
                        "ticketlm",
                        "--reference",
                        nnsight.toString(),
                        "--json",
                        file.toString());

        assertThat(code).isEqualTo(CommandRun.OK);
        JsonNode report = new ObjectMapper().readTree(file.toFile());
        assertThat(report.get("suite").textValue()).isEqualTo("nnsight");
        List<String> names = new ArrayList<>();
        for (JsonNode row : report.get("rows")) {
            names.add(row.get("name").textValue());
            assertThat(row.get("ratio").doubleValue()).isPositive().isFinite();
            assertThat(row.get("cpuRatio").doubleValue()).isPositive().isFinite();
        }
        assertThat(names).containsExactlyElementsOf(ROWS);
        assertThat(report.at("/rows/0/goal").doubleValue()).isEqualTo(4.8);
        assertThat(report.get("quick").booleanValue()).isTrue();
    }

    @Test
    void quickRounds_areLongEnoughForTheClockOfAProcess() {
        Effort effort = Effort.QUICK.ofProcess();

        assertThat(effort.milliseconds()).isGreaterThanOrEqualTo(100);
        assertThat(effort.rounds().fewest()).isGreaterThanOrEqualTo(3);
        assertThat(Effort.FULL.ofProcess().milliseconds()).isEqualTo(Effort.FULL.milliseconds());
    }

    @Test
    void reference_thatLacksSomeWork_isRefusedByName() {
        byte[] json = reference(List.of("encode")).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> NnsightReference.read(json))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("says nothing about 'encode-all' of nnsight");
    }
}
