/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import io.hookline.model.Module;
import io.hookline.model.Site;
import io.hookline.model.TestModels;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.ProgramReader;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.TraceOutcome;
import io.hookline.runtime.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Real models over a cache folder of their own, loaded when first asked for. */
final class TestEngine implements AutoCloseable {
    static final String TICKETLM = "ticketlm/model.onnx";
    static final String GPT2 = "gpt2-12/model.onnx";
    static final String MINILM = "minilm";

    private final Map<String, ModelRuntime> runtimes = new HashMap<>();
    private final Path folder;

    TestEngine() {
        try {
            this.folder = Files.createTempDirectory("hookline-engine");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where canonical graphs and extracted files are. */
    Path folder() {
        return folder;
    }

    ModelRuntime model(String file) {
        return runtimes.computeIfAbsent(file, this::open);
    }

    private ModelRuntime open(String file) {
        try {
            return new OnnxModelLoader(folder.resolve("cache")).load(spec(file));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private ModelSpec spec(String file) throws IOException {
        if (!file.equals(MINILM)) {
            Path model = TestModels.path(file);
            boolean alone = file.startsWith("tiny-") || file.startsWith("architectures/");
            return alone ? borrowing(model) : ModelSpec.cpu(model);
        }
        Path tokenizer = folder.resolve("tokenizer.json");
        try (InputStream in =
                TestEngine.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
            Files.write(tokenizer, in.readAllBytes());
        }
        return new ModelSpec(
                TestModels.miniLm(),
                Optional.of(MINILM),
                Optional.of(tokenizer),
                new Device.Cpu(),
                1,
                Weights.AS_STORED);
    }

    /** A model of random weights that has no tokenizer of its own; another's is as good. */
    private static ModelSpec borrowing(Path model) {
        return new ModelSpec(
                model,
                Optional.empty(),
                Optional.of(TestModels.path("ticketlm/tokenizer.json")),
                new Device.Cpu(),
                1,
                Weights.AS_STORED);
    }

    /** Every hook point's visits, in forward order. */
    List<Site> sites(String file) {
        return model(file).info().tree().modules().stream()
                .map(Module::sites)
                .flatMap(List::stream)
                .sorted(Comparator.comparingInt(Site::order))
                .toList();
    }

    /** Runs one program alone. */
    List<RowOutcome> run(String file, TestProgram program) {
        return run(file, List.of(program)).get(0);
    }

    /** Runs programs in one batch. */
    List<List<RowOutcome>> run(String file, List<TestProgram> programs) {
        try {
            ModelRuntime runtime = model(file);
            List<PlannedTrace> traces = new ArrayList<>();
            for (TestProgram program : programs) {
                traces.add(plan(file, program.json()));
            }
            return runtime.run(traces).stream().map(TestEngine::rows).toList();
        } catch (Exception e) {
            throw new IllegalStateException(e + " in " + programs, e);
        }
    }

    PlannedTrace plan(String file, JsonNode program) throws Exception {
        return model(file).plan(ProgramReader.read(program));
    }

    private static List<RowOutcome> rows(TraceOutcome outcome) {
        if (outcome instanceof TraceOutcome.Completed completed) {
            return completed.rows();
        }
        throw new IllegalStateException(String.valueOf(outcome));
    }

    @Override
    public void close() {
        runtimes.values().forEach(ModelRuntime::close);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
