/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.examples.probe.ControlEvents;
import io.hookline.examples.probe.LabelledPrompt;
import io.hookline.examples.probe.Reading;
import io.hookline.program.ProgramException;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RuntimeInferenceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What training of probes and of vectors have in common: examples in, a control event out. */
final class TrainingOptions {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--labels",
            required = true,
            paramLabel = "FILE",
            description =
                    "examples, a JSON object on each line: {\"prompt\": \"…\", \"label\": true}")
    private Path labels = Path.of("");

    @Option(
            names = "--field",
            paramLabel = "NAME",
            defaultValue = "label",
            description = "the field that holds the label (default: label)")
    private String field = "";

    @Option(
            names = "--positive",
            paramLabel = "LABEL",
            defaultValue = "true",
            description = "the label of the examples that are looked for (default: true)")
    private String positive = "";

    @Option(
            names = "--at",
            required = true,
            paramLabel = "HOOK_POINT",
            description = "where, for example model.model.layers.2.output")
    private String at = "";

    @Option(
            names = "--tokens",
            paramLabel = "TOKENS",
            description = "which positions, of several the mean (default: last; of an encoder all)")
    private @Nullable String tokens;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "the JSON file to write")
    private Path out = Path.of("");

    @Option(
            names = "--control",
            paramLabel = "NAME",
            description = "write the control event that puts it under that name, and tell its key")
    private @Nullable String control;

    /** What was made of the examples. */
    interface Training {
        ControlEvents.Body of(ModelRuntime model, Reading reading, List<LabelledPrompt> examples)
                throws ProgramException, RuntimeInferenceException;
    }

    /** Trains and writes the file; what is wrong with the examples is said and no exception. */
    int run(ModelOptions options, PrintWriter said, Training training) throws Exception {
        List<LabelledPrompt> examples =
                LabelledPrompt.read(labels, new LabelledPrompt.Labels(field, positive));
        try (ModelRuntime model = options.open()) {
            write(training.of(model, reading(model.info()), examples), said);
            return CommandRun.OK;
        } catch (ProgramException refused) {
            refused.problems().forEach(problem -> said.println(ProblemText.line(problem)));
            return CommandRun.REFUSED;
        } catch (IllegalArgumentException unusable) {
            said.println(unusable.getMessage());
            return CommandRun.REFUSED;
        } finally {
            said.flush();
        }
    }

    private Reading reading(ModelInfo model) {
        return tokens == null ? Reading.of(model, at) : Reading.of(at, tokens);
    }

    private void write(ControlEvents.Body body, PrintWriter said) throws IOException {
        if (control == null) {
            Files.writeString(out, JSON.writeValueAsString(body.json()) + "\n");
            said.printf("written to %s%n", out);
            return;
        }
        ControlEvents.Event event = body.named(control);
        Files.writeString(out, event.value() + "\n");
        said.printf("control event with key '%s' written to %s%n", event.key(), out);
    }
}
