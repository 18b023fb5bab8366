/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConformanceProgramsTest {
    private static final Path FOLDER = Path.of("src/test/resources/conformance");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** These need a model or what is registered in a job. */
    private static final Set<String> FOUND_LATER =
            Set.of(
                    "clamp-unit-out-of-range",
                    "edit-behind-stop",
                    "generation-too-long",
                    "io-missing",
                    "patch-after-source-stopped",
                    "patch-from-later-point",
                    "patch-of-other-size",
                    "patches-that-wait-for-each-other",
                    "position-out-of-range",
                    "prompt-too-long",
                    "prompt-too-long-text",
                    "token-outside-vocabulary",
                    "two-problems",
                    "unknown-function",
                    "unknown-layer-number",
                    "unknown-module",
                    "unknown-module-in-cache",
                    "unknown-module-in-stop",
                    "unknown-vector",
                    "vector-of-wrong-width",
                    "vector-of-wrong-width-mlp");

    static Stream<Path> programs() throws IOException {
        return Stream.of("ticketlm", "gpt2-12")
                .flatMap(model -> jsonIn(FOLDER.resolve("programs").resolve(model)));
    }

    static Stream<Path> refusedPrograms() {
        return jsonIn(FOLDER.resolve("errors"));
    }

    private static Stream<Path> jsonIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files
                    .filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("programs")
    void validProgram_isRead_andWrittenWithoutLoss(Path file) throws Exception {
        Program program = ProgramReader.read(Files.readAllBytes(file));

        Program again = ProgramReader.read(ProgramWriter.write(program));

        assertThat(program.about().id())
                .hasValue(file.getFileName().toString().replace(".json", ""));
        assertThat(again).isEqualTo(program);
    }

    @Test
    void conformanceFolder_holdsAllPrograms() throws IOException {
        assertThat(programs()).hasSize(114);
    }

    @ParameterizedTest
    @MethodSource("refusedPrograms")
    void refusedProgram_isRefusedAsExpected_orAcceptedUntilAModelIsKnown(Path file)
            throws Exception {
        JsonNode expected = JSON.readTree(file.toFile());
        byte[] program = JSON.writeValueAsBytes(expected.get("program"));
        if (FOUND_LATER.contains(file.getFileName().toString().replace(".json", ""))) {
            assertThat(ProgramReader.read(program).invocations()).isNotEmpty();
            return;
        }

        ProgramException refusal =
                assertThrows(ProgramException.class, () -> ProgramReader.read(program));

        Problem first = refusal.problems().get(0);
        assertThat(refusal.problems()).hasSize(1);
        assertThat(first.code()).isEqualTo(ErrorCode.valueOf(expected.get("code").textValue()));
        if (!expected.path("pointer").isNull()) {
            assertThat(first.pointer()).isEqualTo(expected.get("pointer").textValue());
        }
        assertThat(first.message()).contains(expected.path("message_contains").asText(""));
    }

    @Test
    void problems_standInDocumentOrder_notInTheOrderOfTheReference() {
        byte[] program =
                """
                {"cache": [{"dtype": "float23"}],
                 "stop": {"module": 3},
                 "invocations": [{"interventions": [{"op": "zero", "at": ""}], "prompt": 7}, {}]}
                """
                        .getBytes(StandardCharsets.UTF_8);

        ProgramException refusal =
                assertThrows(ProgramException.class, () -> ProgramReader.read(program));

        assertThat(refusal.problems())
                .extracting(Problem::pointer)
                .isEqualTo(
                        List.of(
                                "/cache/0/dtype",
                                "/stop/module",
                                "/invocations/0/interventions/0/at",
                                "/invocations/0/prompt",
                                "/invocations/1"));
    }
}
