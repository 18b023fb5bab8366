/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.program.InterventionFunction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
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

    private static final String CALLING =
            """
            {"invocations": [{"prompt": "Ticket from Anna: Hello,"}],
             "interventions": [{"at": "model.model.layers.2.mlp.output", "op": "call",
                                "function": "keep-largest", "args": {"k": 3}, "tokens": "last"}],
             "cache": [{"modules": ["model.model.layers.2.mlp"], "tokens": "last"}]}
            """;
    private static final String HALF =
            """
            import io.hookline.program.*;
            public final class Half implements InterventionFunction {
                public String name() { return "half"; }
                public TensorValue.Literal apply(FunctionCall call) {
                    return TensorValue.Literal.scalar(0.5f);
                }
            }
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

    @Test
    void trace_programThatCalls_runsTheFunctionsThatAreAllowed() throws IOException {
        Path program = Files.writeString(folder.resolve("program.json"), CALLING);
        Path out = folder.resolve("out");

        int exitCode = trace(program, out, "--allow", "keep-largest");

        assertThat(exitCode).isZero();
        JsonNode cache = json(out.resolve("cache.json"));
        FloatBuffer units =
                ByteBuffer.wrap(record(out, cache, 0, "model.model.layers.2.mlp"))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .position(128)
                        .asFloatBuffer();
        float[] values = new float[units.remaining()];
        units.get(values);
        assertThat(values).hasSize(128);
        assertThat(IntStream.range(0, 128).filter(unit -> values[unit] != 0)).hasSize(3);
    }

    @Test
    void trace_functionThatIsNotAllowed_isRefused() throws IOException {
        Path program = Files.writeString(folder.resolve("program.json"), CALLING);
        Path out = folder.resolve("out");

        assertThat(trace(program, out)).isEqualTo(2);

        assertThat(json(out.resolve("result.json")).at("/error/code").asText())
                .isEqualTo("UNKNOWN_FUNCTION");
        assertThat(trace(program, out, "--allow", "keep-larges")).isEqualTo(1);
        assertThat(trace(program, out, "--functions", "no.jar")).isEqualTo(1);
    }

    @Test
    void trace_functionsOfAJar_areFoundThere() throws IOException {
        Path program =
                Files.writeString(
                        folder.resolve("program.json"), CALLING.replace("keep-largest", "half"));
        Path classes = compiledFunction();
        Path out = folder.resolve("out");

        assertThat(trace(program, out, "--allow", "half", "--functions", classes.toString()))
                .isZero();
    }

    /** A folder with a function's class, and the file that makes it a service. */
    private Path compiledFunction() throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        Path source = Files.writeString(folder.resolve("Half.java"), HALF);
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                classes.toString(),
                                source.toString());
        assertThat(status).isZero();
        Path services = Files.createDirectories(classes.resolve("META-INF/services"));
        Files.writeString(services.resolve(InterventionFunction.class.getName()), "Half");
        return classes;
    }

    private int trace(Path program, Path out, String... more) throws IOException {
        float[] up = new float[128];
        up[0] = 40;
        Path vectors = folder.resolve("vectors.json");
        Files.write(vectors, JSON.writeValueAsBytes(Map.of("up", up)));
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--model",
                                "ticketlm",
                                "--program",
                                program.toString(),
                                "--vectors",
                                vectors.toString(),
                                "--out",
                                out.toString()));
        arguments.addAll(List.of(more));
        return CommandRun.of(new TraceCommand(), arguments.toArray(String[]::new));
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
