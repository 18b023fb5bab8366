/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.hookline.model.ModelSignature;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.Weights;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The suite of nnsight's work: how much less it takes here than there, on one machine. */
final class NnsightSuite {
    private final ModelSpec spec;
    private final Path cache;
    private final NnsightReference nnsight;
    private final Effort effort;

    NnsightSuite(ModelSpec spec, Path cache, NnsightReference nnsight, Effort effort) {
        this.spec = spec;
        this.cache = cache;
        this.nnsight = nnsight;
        this.effort = effort;
    }

    /** Measures everything; takes a minute or two. */
    Report run() throws Exception {
        try (ModelRuntime runtime = new OnnxModelLoader(cache).load(spec)) {
            Subject subject = Subject.of(runtime, new Prompts.Size(1, nnsight.tokens()));
            BareLoop.Setting plain = plain(runtime.info().signature());
            try (BareLoop bare = new BareLoop(plain, subject.prompts());
                    BareGeneration text = new BareGeneration(plain, subject.prompts())) {
                NnsightWork work = new NnsightWork(subject, bare, text);
                Stopwatch stopwatch = Stopwatch.ofProcess();
                List<Variant> variants = new ArrayList<>();
                for (NnsightWork.Piece piece : work.pieces()) {
                    variants.add(piece.repeated(effort.milliseconds(), stopwatch));
                }
                Rounds rounds = Rounds.measure(variants, stopwatch, effort);
                return report(subject, rounds);
            }
        }
    }

    private BareLoop.Setting plain(ModelSignature signature) {
        Path file = BareLoop.modelIn(spec.path());
        return new BareLoop.Setting(file, signature, spec.threads(), OptLevel.ALL_OPT);
    }

    private Report report(Subject subject, Rounds rounds) {
        boolean int8 = spec.weights() == Weights.INT8;
        int width = subject.blocks().outputs().get(0).width();
        List<Row> rows = new ArrayList<>();
        for (String work : NnsightReference.WORK) {
            rows.add(row(work, rounds, NnsightGoals.of(work, width, int8)));
        }
        for (int count : NnsightWork.HOSTS) {
            String name = NnsightWork.HOST + count;
            rows.add(
                    new Row(
                            name,
                            rounds.wall(NnsightWork.BARE, name),
                            rounds.meanMilliseconds(NnsightWork.BARE)
                                    / rounds.meanMilliseconds(name),
                            NnsightWork.goal(count)));
        }
        String about =
                String.format(
                        Locale.ROOT,
                        "%d tokens, %d threads, %s weights; of nnsight's time per event, and host-N of plain ONNX Runtime's",
                        nnsight.tokens(),
                        nnsight.threads(),
                        int8 ? "int8" : "stored");
        return new Report("nnsight", subject.runtime().info().name(), spec.threads(), about, rows);
    }

    private Row row(String work, Rounds rounds, Goal goal) {
        Reading there = nnsight.of(work);
        double cpu = rounds.meanMilliseconds(work);
        double theirs = there.cpu() / 1e6;
        String bare = NnsightWork.bareOf(work);
        Map<String, Double> figures =
                bare.isEmpty()
                        ? Map.of("cpu-ms", cpu, "nnsight-cpu-ms", theirs)
                        : Map.of(
                                "cpu-ms",
                                cpu,
                                "nnsight-cpu-ms",
                                theirs,
                                "ratio-of-plain-ort",
                                theirs / rounds.meanMilliseconds(bare));
        return new Row(
                work,
                there.wall() / 1e6 / rounds.wallMilliseconds(work),
                theirs / cpu,
                goal,
                figures);
    }
}
