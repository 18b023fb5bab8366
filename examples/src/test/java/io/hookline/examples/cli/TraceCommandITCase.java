/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceCommandITCase {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STEERED =
            """
            {"id": "evt-1", "generate": {"max_new_tokens": 4},
             "invocations": [
               {"prompt": "Ticket from Anna: Hello,"},
               {"prompt": "Ticket from Anna: Hello,",
                "interventions": [{"at": "model.model.layers.4.output", "op": "add",
                                   "vector": {"ref": "up"}, "steps": "all"}]}],
             "cache": [{"modules": ["model.model.layers.*"], "tokens": "last", "dtype": "float16"}]}
            """;
    private static final String REFUSED =
            """
            {"id": "evt-2", "invocations": [{"prompt": "Hello"}],
             "cache": [{"modules": ["model.model.layers.9"]}, {"modulse": null}]}
            """;

    @TempDir private Path folder;

    @Test
    void trace_program_writesTokensLogitsAndRecords() throws IOException {
        Path program = Files.writeString(folder.resolve("program.json"), STEERED);
        Path out = folder.resolve("out");

        int exitCode = trace(program, out);

        assertThat(exitCode).isZero();
        JsonNode result = json(out.resolve("result.json"));
        assertThat(result.get("id").asText()).isEqualTo("evt-1");
        assertThat(result.get("model").asText()).isEqualTo("ticketlm");
        assertThat(result.at("/invocations/0/generated")).hasSize(4);
        assertThat(result.at("/invocations/1/tokens"))
                .isEqualTo(result.at("/invocations/0/tokens"));
        JsonNode cache = json(out.resolve("cache.json"));
        assertThat(cache).hasSize(2 * 6 * 4);
        for (JsonNode entry : cache) {
            assertThat(entry.get("shape")).isEqualTo(JSON.readTree("[1, 128]"));
            assertThat(out.resolve(entry.get("file").asText())).hasSize(128 + 2 * 128);
        }
        byte[] before = record(out, cache, 0, "model.model.layers.3");
        byte[] edited = record(out, cache, 0, "model.model.layers.4");
        assertThat(record(out, cache, 1, "model.model.layers.3")).isEqualTo(before);
        assertThat(record(out, cache, 1, "model.model.layers.4")).isNotEqualTo(edited);
        assertThat(out.resolve("logits.1.npy")).hasSize(128 + 4 * 4 * 1024);
    }

    @Test
    void trace_refusedProgram_namesEveryProblemAndExitsWithTwo() throws IOException {
        Path program = Files.writeString(folder.resolve("program.json"), REFUSED);
        Path out = folder.resolve("out");

        int exitCode = trace(program, out);

        assertThat(exitCode).isEqualTo(2);
        JsonNode result = json(out.resolve("result.json"));
        assertThat(result.get("errors")).hasSize(2);
        assertThat(result.get("error")).isEqualTo(result.at("/errors/0"));
        assertThat(result.at("/error/code").asText()).isEqualTo("UNKNOWN_MODULE");
        assertThat(result.at("/error/pointer").asText()).isEqualTo("/cache/0/modules/0");
        assertThat(result.at("/errors/1/code").asText()).isEqualTo("UNKNOWN_FIELD");
        assertThat(result.at("/errors/1/message").asText()).contains("'modules'");
        assertThat(out.resolve("cache.json")).doesNotExist();
    }

    @Test
    void trace_folder_runsTheOthersWhenOneIsRefused() throws IOException {
        Path programs = Files.createDirectory(folder.resolve("programs"));
        Files.writeString(programs.resolve("a-bad.json"), REFUSED);
        Files.writeString(programs.resolve("b-worse.json"), "{");
        Files.writeString(programs.resolve("c-good.json"), STEERED);
        Files.writeString(programs.resolve("notes.txt"), "no program");
        Path out = folder.resolve("out");

        int exitCode = trace(programs, out);

        assertThat(exitCode).isEqualTo(2);
        assertThat(out.toFile().list()).containsExactlyInAnyOrder("a-bad", "b-worse", "c-good");
        assertThat(json(out.resolve("b-worse/result.json")).at("/error/code").asText())
                .isEqualTo("MALFORMED_EVENT");
        assertThat(json(out.resolve("c-good/result.json")).get("error").isNull()).isTrue();
    }

    @Test
    void trace_missingModel_failsWithOne() throws IOException {
        Path program = Files.writeString(folder.resolve("program.json"), STEERED);

        int exitCode =
                CommandRun.of(
                        new TraceCommand(),
                        "--model",
                        folder.resolve("nothing").toString(),
                        "--program",
                        program.toString(),
                        "--out",
                        folder.resolve("out").toString());

        assertThat(exitCode).isEqualTo(1);
    }

    @Test
    void trace_unknownOption_failsWithOneAndNotAsARefusal() {
        assertThat(CommandRun.of(new TraceCommand(), "--modle", "ticketlm")).isEqualTo(1);
    }

    private int trace(Path program, Path out) throws IOException {
        float[] up = new float[128];
        up[0] = 40;
        Path vectors = folder.resolve("vectors.json");
        Files.write(vectors, JSON.writeValueAsBytes(Map.of("up", up)));
        return CommandRun.of(
                new TraceCommand(),
                "--model",
                "ticketlm",
                "--program",
                program.toString(),
                "--vectors",
                vectors.toString(),
                "--out",
                out.toString());
    }

    private static byte[] record(Path out, JsonNode cache, int invocation, String module)
            throws IOException {
        for (JsonNode entry : cache) {
            if (entry.get("invocation").asInt() == invocation
                    && entry.get("module").asText().equals(module)) {
                return Files.readAllBytes(out.resolve(entry.get("file").asText()));
            }
        }
        throw new AssertionError("no record of " + module);
    }

    private static JsonNode json(Path file) throws IOException {
        return JSON.readTree(Files.readString(file));
    }
}
