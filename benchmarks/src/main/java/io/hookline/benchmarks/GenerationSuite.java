/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.hookline.model.ModelSignature;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The suite of generation: what it gives that events go forward together and join at any time. */
final class GenerationSuite {
    static final String CONTINUOUS = "continuous-vs-static";
    static final String GENERATE = "generate-vs-async";
    private static final double BETTER_THAN_STATIC = 1.3;
    private static final double BETTER_THAN_ASYNC = 4;
    private static final int WIDTH = 16;
    private static final int PROMPT = 16;

    private final Setting setting;

    /**
     * What is measured and how long.
     *
     * @param model folder or ONNX file of a decoder
     * @param cache where canonical graphs are kept
     * @param threads that generate in the jobs
     */
    record Setting(Path model, Path cache, int threads, boolean quick) {}

    GenerationSuite(Setting setting) {
        this.setting = setting;
    }

    /** Measures everything; takes minutes. */
    Report run() throws Exception {
        try (ModelRuntime runtime = load()) {
            ModelSignature signature = runtime.info().signature();
            if (signature.past().isEmpty()) {
                throw new IllegalArgumentException(
                        "model '%s' has no KV cache to generate with"
                                .formatted(runtime.info().name()));
            }
            List<Row> rows = List.of(continuous(runtime), streamed(runtime));
            return new Report(
                    "generation",
                    runtime.info().name(),
                    setting.threads(),
                    "%d events at a time; the jobs generate with %d threads"
                            .formatted(WIDTH, setting.threads()),
                    rows);
        }
    }

    private ModelRuntime load() throws Exception {
        return new OnnxModelLoader(setting.cache())
                .load(
                        new ModelSpec(
                                setting.model(),
                                Optional.empty(),
                                Optional.empty(),
                                new Device.Cpu(),
                                1));
    }

    private Row continuous(ModelRuntime runtime) throws Exception {
        MixedAnswers answers = new MixedAnswers(runtime, WIDTH);
        Case joining =
                Case.throughput(CONTINUOUS, answers::continuously, "static", BETTER_THAN_STATIC);
        Rounds rounds =
                Rounds.measure(
                        List.of(new Variant("static", answers::inBatches), joining.variant()),
                        new Stopwatch(1),
                        setting.quick() ? Effort.QUICK : Effort.FULL);
        return joining.row(rounds).orElseThrow();
    }

    private Row streamed(ModelRuntime runtime) throws Exception {
        Prompts prompts = Prompts.of(runtime, new Prompts.Size(WIDTH, PROMPT));
        StreamedGenerations jobs =
                new StreamedGenerations(
                        new StreamedGenerations.Setting(
                                setting.model().toString(),
                                setting.threads(),
                                WIDTH,
                                WIDTH * (setting.quick() ? 1 : 8),
                                counted()),
                        prompts);
        BareLoop.Setting plain =
                new BareLoop.Setting(file(), runtime.info().signature(), 1, OptLevel.ALL_OPT);
        List<Reading> operator = new ArrayList<>();
        List<Reading> async = new ArrayList<>();
        try (BareGeneration bare = new BareGeneration(plain, prompts);
                SharedGeneration shared = new SharedGeneration(bare)) {
            for (int round = 0; round < (setting.quick() ? 1 : 5); round++) {
                async.add(jobs.throughAsyncFunction(shared.model()));
                operator.add(jobs.throughOperator());
            }
        }
        return row(operator, async, counted());
    }

    /** Events of a job whose time is taken. */
    private int counted() {
        return WIDTH * (setting.quick() ? 2 : 24);
    }

    private static Row row(List<Reading> operator, List<Reading> async, int events) {
        double[] wall = new double[operator.size()];
        double[] cpu = new double[operator.size()];
        for (int round = 0; round < wall.length; round++) {
            wall[round] = async.get(round).wall() / operator.get(round).wall();
            cpu[round] = async.get(round).cpu() / operator.get(round).cpu();
        }
        double tokens = (double) events * StreamedGenerations.ANSWER * 1e9;
        Map<String, Double> figures = new TreeMap<>();
        figures.put("tokens/s", tokens / median(operator));
        figures.put("tokens/s async", tokens / median(async));
        return new Row(
                GENERATE,
                Rounds.median(wall),
                Rounds.median(cpu),
                Goal.atLeast(BETTER_THAN_ASYNC),
                figures);
    }

    private static double median(List<Reading> readings) {
        return Rounds.median(readings.stream().mapToDouble(Reading::wall).toArray());
    }

    private Path file() {
        if (!Files.isDirectory(setting.model())) {
            return setting.model();
        }
        Path direct = setting.model().resolve("model.onnx");
        return Files.exists(direct) ? direct : setting.model().resolve("onnx/model.onnx");
    }
}
