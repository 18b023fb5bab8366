/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.hookline.examples.models.HooklineHome;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.TensorValue;
import io.hookline.runtime.ModelPlanner;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import io.hookline.schema.ElementType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README shows works. */
class ReadmeITCase {
    private static final Path ROOT = HooklineHome.find().root();
    private static final Pattern JSON = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)\\)");
    private static final Pattern COMMAND = Pattern.compile("\\./hookline ([a-z]+)");

    @Test
    void readme_program_isValidOnThePackagedModel() throws Exception {
        List<String> programs = found(JSON, ROOT.resolve("README.md"));
        Map<String, TensorValue.Literal> vectors =
                Map.of(
                        "calm",
                        new TensorValue.Literal(
                                ElementType.FLOAT32, new int[] {128}, new float[128]));

        assertThat(programs).isNotEmpty();
        try (ModelPlanner planner =
                new OnnxModelLoader(OnnxModelLoader.defaultCacheFolder())
                        .scan(ModelSpec.cpu(ROOT.resolve("examples/models/ticketlm")))) {
            ProgramCheck check = new ProgramCheck(planner, vectors, InterventionFunctions.NONE);
            for (String program : programs) {
                byte[] json = program.getBytes(StandardCharsets.UTF_8);
                assertThatCode(() -> check.plan(check.read(json, "readme")))
                        .doesNotThrowAnyException();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/README.md"})
    void links_ofThePage_leadSomewhere(String page) throws IOException {
        Path file = ROOT.resolve(page);

        List<String> links = found(LINK, file);

        assertThat(links).isNotEmpty();
        assertThat(links).allSatisfy(link -> assertThat(file.resolveSibling(link)).exists());
    }

    @Test
    void readme_commands_areThoseOfTheScript() throws IOException {
        String script = Files.readString(ROOT.resolve("hookline"));

        assertThat(found(COMMAND, ROOT.resolve("README.md")))
                .contains("quickstart", "test", "trace", "scan")
                .allSatisfy(command -> assertThat(script).contains("\n" + command + "|"));
    }

    private static List<String> found(Pattern pattern, Path file) throws IOException {
        return pattern.matcher(Files.readString(file))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
