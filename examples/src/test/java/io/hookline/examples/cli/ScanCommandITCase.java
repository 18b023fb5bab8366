/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScanCommandITCase {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir private Path folder;

    @Test
    void scan_forPeople_printsTheTreeOuterModuleFirst() {
        int exitCode = scan("--model", "ticketlm");

        assertThat(exitCode).isZero();
        assertThat(out.toString().lines().map(String::strip))
                .anyMatch(line -> line.startsWith("mlp") && line.contains("LlamaMLP"))
                .anyMatch(
                        line -> line.startsWith("self_attn") && line.contains("[4, tokens, keys]"))
                .anyMatch(line -> line.startsWith("lm_head") && line.contains("[tokens, 1024]"));
        assertThat(out.toString()).containsSubsequence("layers", "self_attn", "q_proj", "norm");
    }

    @Test
    void scan_forMachines_printsOneObject() throws IOException {
        scan("--model", "ticketlm", "--json");

        JsonNode document = JSON.readTree(out.toString());
        assertThat(document.get("model").asText()).isEqualTo("ticketlm");
        assertThat(document.get("errors")).isEmpty();
        assertThat(document.get("modules").findValuesAsText("path"))
                .contains("model.model.layers.5.mlp", "model.lm_head");
        assertThat(document.get("modules").findValuesAsText("at"))
                .contains("model.model.layers.0.input", "model.model.layers.0.self_attn.attention");
    }

    @Test
    void scan_fusedModel_saysWhatHasNoHookPoints() throws IOException {
        String model = "../operator/src/test/resources/models/architectures/llama-genai";
        assertThat(scan("--model", model)).as("%s", err).isZero();
        assertThat(out.toString())
                .contains(
                        "no hook point 'model.model.layers.*.self_attn.k_proj': its output is"
                                + " 'qkv_proj.output', units '64:96'");
        out.getBuffer().setLength(0);
        scan("--model", model, "--json");
        assertThat(JSON.readTree(out.toString()).get("unhooked").fieldNames())
                .toIterable()
                .hasSize(4);
    }

    @Test
    void scan_refusedProgram_exitsWithTwo() throws IOException {
        Path program =
                Files.writeString(
                        folder.resolve("program.json"),
                        """
                        {"invocations": [{"prompt": "Hello"}], "stop": {"module": "model.modle"}}
                        """);

        int exitCode = scan("--model", "ticketlm", "--json", "--program", program.toString());

        assertThat(exitCode).isEqualTo(2);
        JsonNode error = JSON.readTree(out.toString()).at("/errors/0");
        assertThat(error.get("code").asText()).isEqualTo("UNKNOWN_MODULE");
        assertThat(error.get("message").asText()).contains("'model.model'");
    }

    @Test
    void scan_reportOfSmallerWeights_saysWhatTheyCost() throws IOException {
        Path prompts =
                Files.writeString(
                        folder.resolve("prompts.txt"),
                        "Ticket from Anna: Hello, my blue kettle has not arrived yet.\n\n"
                                + "Ticket from Hugo: I am furious!\n");

        int exitCode =
                scan(
                        "--model",
                        "ticketlm",
                        "--json",
                        "--weights",
                        "int8",
                        "--report",
                        prompts.toString());

        assertThat(exitCode).isZero();
        JsonNode weights = JSON.readTree(out.toString()).get("weights");
        assertThat(weights.get("positions").asInt()).isGreaterThan(15);
        assertThat(weights.get("agreement").asDouble()).isGreaterThan(0.9);
        assertThat(weights.get("meanDivergence").asDouble()).isGreaterThan(0).isLessThan(0.05);
    }

    @Test
    void scan_unknownWeights_namesTheNearest() {
        int exitCode = scan("--model", "ticketlm", "--weights", "int9");

        assertThat(exitCode).isEqualTo(1);
        assertThat(err.toString()).contains("'int9'", "did you mean 'int8'?");
    }

    private int scan(String... arguments) {
        return CommandRun.line(new ScanCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
