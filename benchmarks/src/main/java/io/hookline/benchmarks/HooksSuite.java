/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.hookline.model.ModelSignature;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The suite of hooks: what they cost on one model, beside the same batches without them. */
final class HooksSuite {
    private final Setting setting;
    private final Stopwatch stopwatch;

    /**
     * What is measured and how long.
     *
     * @param model folder or ONNX file
     * @param cache where canonical graphs are kept
     */
    record Setting(Path model, Path cache, Prompts.Size size, int threads, Effort effort) {}

    HooksSuite(Setting setting) {
        this.setting = setting;
        this.stopwatch = new Stopwatch(setting.threads());
    }

    /** Measures everything; takes from seconds to minutes. */
    Report run() throws Exception {
        OnnxModelLoader loader = new OnnxModelLoader(setting.cache());
        ModelSpec spec =
                new ModelSpec(
                        setting.model(),
                        Optional.empty(),
                        Optional.empty(),
                        new Device.Cpu(),
                        setting.threads());
        try (ModelRuntime runtime = loader.load(spec)) {
            Subject subject = Subject.of(runtime, setting.size());
            OptLevel best = fastest(subject);
            List<Row> rows = new ArrayList<>();
            Rounds rounds;
            try (BareLoop bare = bare(subject, best);
                    BareTaps taps =
                            new BareTaps(
                                    plain(subject, best),
                                    runtime.info().tree(),
                                    subject.prompts());
                    Int8Cases int8 = Int8Cases.open(loader, spec, subject, plain(subject, best))) {
                List<Case> cases = PassCases.of(subject, bare);
                cases.add(Case.figure("bare-all-fp32", taps::run, PassCases.BARE));
                cases.addAll(int8.cases());
                rounds =
                        Rounds.measure(
                                cases.stream().map(Case::variant).toList(),
                                stopwatch,
                                setting.effort());
                cases.forEach(each -> each.row(rounds).ifPresent(rows::add));
            }
            BuildRows builds = new BuildRows(subject, stopwatch, setting.effort().builds());
            rows.add(builds.planBuild());
            rows.add(builds.scan(loader, spec));
            rows.addAll(builds.planMemory());
            return report(runtime, best, rounds, rows);
        }
    }

    private Report report(ModelRuntime runtime, OptLevel best, Rounds rounds, List<Row> rows) {
        String about =
                String.format(
                        Locale.ROOT,
                        "batches of %s, %d threads; the bare loop at %s takes %.2f ms of processor time",
                        setting.size(),
                        setting.threads(),
                        best,
                        rounds.milliseconds(PassCases.BARE));
        return new Report("hooks", runtime.info().name(), setting.threads(), about, rows);
    }

    /** The level at which plain ONNX Runtime runs this batch fastest. */
    private OptLevel fastest(Subject subject) throws Exception {
        try (BareLoop basic = bare(subject, OptLevel.BASIC_OPT);
                BareLoop all = bare(subject, OptLevel.ALL_OPT)) {
            Rounds rounds =
                    Rounds.measure(
                            List.of(new Variant("basic", basic::run), new Variant("all", all::run)),
                            stopwatch,
                            setting.effort());
            return rounds.cpu("all", "basic") < 1 ? OptLevel.ALL_OPT : OptLevel.BASIC_OPT;
        }
    }

    private BareLoop bare(Subject subject, OptLevel optimisation) throws OrtException {
        return new BareLoop(plain(subject, optimisation), subject.prompts());
    }

    private BareLoop.Setting plain(Subject subject, OptLevel optimisation) {
        ModelSignature signature = subject.runtime().info().signature();
        return new BareLoop.Setting(
                BareLoop.modelIn(setting.model()), signature, setting.threads(), optimisation);
    }
}
