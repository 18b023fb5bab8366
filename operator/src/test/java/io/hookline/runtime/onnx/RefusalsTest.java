/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.program.Problem;
import io.hookline.program.ProgramCompletion;
import io.hookline.program.ProgramException;
import io.hookline.program.ProgramReader;
import io.hookline.runtime.ModelPlanner;
import io.hookline.runtime.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What can't run is refused before it runs, with code, pointer and hint. */
final class RefusalsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir static Path cache;
    private static ModelPlanner model;

    @BeforeAll
    static void scan() throws Exception {
        model =
                new OnnxModelLoader(cache)
                        .scan(ModelSpec.cpu(Path.of("src/test/resources/models/ticketlm")));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    static List<Path> errors() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/conformance/errors"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("errors")
    void program_withProblems_isRefused(Path file) throws Exception {
        JsonNode expected = JSON.readTree(file.toFile());
        ProgramException refusal =
                catchThrowableOfType(
                        ProgramException.class,
                        () ->
                                model.plan(
                                        new ProgramCompletion(Map.of(), Map.of())
                                                .complete(
                                                        ProgramReader.draft(
                                                                expected.get("program")),
                                                        "event")));
        assertThat(refusal).as("refused").isNotNull();
        Problem first = refusal.problems().get(0);
        assertThat(first.code().name()).isEqualTo(expected.get("code").textValue());
        if (expected.get("pointer") != null && !expected.get("pointer").isNull()) {
            assertThat(first.pointer()).isEqualTo(expected.get("pointer").textValue());
        }
        if (expected.has("message_contains")) {
            assertThat(first.message()).contains(expected.get("message_contains").textValue());
        }
        if (expected.has("codes")) {
            assertThat(refusal.problems().stream().map(problem -> problem.code().name()))
                    .containsExactlyElementsOf(texts(expected.get("codes")));
            assertThat(refusal.problems().stream().map(Problem::pointer))
                    .containsExactlyElementsOf(texts(expected.get("pointers")));
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.textValue()));
        return texts;
    }
}
