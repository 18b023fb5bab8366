/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.hookline.graph.CanonicalGraph;
import io.hookline.graph.CompiledPlan;
import io.hookline.graph.PlanCompiler;
import io.hookline.graph.Preamble;
import io.hookline.graph.SegmentCompiler;
import io.hookline.model.ModelSignature;
import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.runtime.Device;
import io.hookline.runtime.Footprint;
import io.hookline.runtime.PassCuts;
import io.hookline.runtime.PassEngine;
import io.hookline.runtime.PlanCounts;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.onnx.CachedPlan.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Compiles structures when they are first asked for and runs passes in their sessions. */
final class OnnxPassEngine implements PassEngine, AutoCloseable {
    /** Plans that find the memory of their last run. */
    private static final int KEEP_MEMORY = 8;

    private final PlanCompiler compiler;
    private final SegmentCompiler segments;
    private final ModelSignature signature;
    private final Setting setting;
    private final TapMemory memory = new TapMemory();
    private final TapMemory caches = new TapMemory();
    private final Feeder feeder;
    private final PlanCache plans;
    private final RecentPlans recent = new RecentPlans(KEEP_MEMORY, 2 * KEEP_MEMORY);

    /**
     * Where sessions run and how many are kept.
     *
     * @param weights where the canonical graph's weights are
     */
    record Setting(WeightFolder weights, Device device, int threads, int plans) {}

    /**
     * A folder of weights.
     *
     * @param bytes that its files take
     */
    record WeightFolder(Path path, long bytes) {
        static WeightFolder of(Path path) throws IOException {
            try (Stream<Path> files = Files.list(path)) {
                long bytes = 0;
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    bytes += Files.size(file);
                }
                return new WeightFolder(path, bytes);
            }
        }
    }

    private OnnxPassEngine(
            CanonicalGraph canonical, ModelSignature signature, Setting setting, Feeder feeder) {
        this.feeder = feeder;
        this.compiler = new PlanCompiler(canonical, feeder.given());
        this.segments = new SegmentCompiler(canonical);
        this.signature = signature;
        this.setting = setting;
        this.plans = new PlanCache(this::build, setting.plans());
    }

    /** An engine without plans. */
    static OnnxPassEngine open(CanonicalGraph canonical, ModelSignature signature, Setting setting)
            throws OrtException {
        Feeder feeder = new Feeder(signature.past(), preambles(canonical.preamble(), setting));
        return new OnnxPassEngine(canonical, signature, setting, feeder);
    }

    /** On a GPU, what a preamble makes would be copied there for each pass. */
    private static Optional<Preambles> preambles(Preamble preamble, Setting setting)
            throws OrtException {
        if (preamble.outputs().isEmpty() || !(setting.device() instanceof Device.Cpu)) {
            return Optional.empty();
        }
        try (OrtSession.SessionOptions options = options(setting)) {
            return Optional.of(Preambles.open(preamble, options));
        }
    }

    @Override
    public PassResult run(PassRequest request) throws RuntimeInferenceException {
        return run(request, PassCuts.NONE);
    }

    @Override
    public PassResult run(PassRequest request, PassCuts cuts) throws RuntimeInferenceException {
        if (cuts.sites().isEmpty() && wantsNothing(request.structure())) {
            return new PassResult(List.of(), Optional.empty(), Optional.empty());
        }
        try {
            return runHeld(request, cuts);
        } catch (RuntimeInferenceException failed) {
            if (failed.isOutOfMemory()) {
                // Each session keeps the memory of its largest run, in pieces that may fit nothing.
                plans.clear();
            }
            throw failed;
        }
    }

    private PassResult runHeld(PassRequest request, PassCuts cuts)
            throws RuntimeInferenceException {
        PlanKey key = new PlanKey(request.structure(), cuts.sites());
        RecentPlans.Use use = recent.use(key);
        use.idle().ifPresent(plans::drop);
        CachedPlan plan = plans.hold(key);
        try {
            return plan.run(request, cuts.code(), memory(use));
        } finally {
            plan.release();
        }
    }

    /** The shrinking of a GPU's memory is asked for by another name. */
    private Memory memory(RecentPlans.Use use) {
        return setting.device() instanceof Device.Cpu ? use.memory() : Memory.KEPT;
    }

    @Override
    public boolean isReady(Structure structure) {
        return wantsNothing(structure) || plans.isReady(key(structure));
    }

    @Override
    public CompletableFuture<Void> prepare(Structure structure) {
        return plans.prepare(key(structure));
    }

    /** Its plans. */
    PlanCounts plans() {
        return plans.counts();
    }

    private static PlanKey key(Structure structure) {
        return new PlanKey(structure, List.of());
    }

    @Override
    public KvCache gather(List<KvRow> rows) throws RuntimeInferenceException {
        return KvGather.of(rows, caches);
    }

    /** ONNX Runtime refuses a graph without outputs. */
    private boolean wantsNothing(Structure structure) {
        boolean logits = structure.logits() != LogitsTap.NONE && signature.logits().isPresent();
        boolean cache = structure.continues() && !signature.past().isEmpty();
        return structure.taps().isEmpty() && structure.gauges().isEmpty() && !logits && !cache;
    }

    /** What it takes now. */
    Footprint footprint() {
        return new Footprint(
                plans.size(),
                setting.weights().bytes() + memory.bytes() + caches.bytes() + feeder.bytes());
    }

    private CachedPlan build(PlanKey key) throws RuntimeInferenceException {
        try (OrtSession.SessionOptions options = options(setting)) {
            if (key.cuts().isEmpty() && !key.structure().calls()) {
                CompiledPlan plan = compiler.compile(key.structure());
                return new PlanSession(
                        Ort.environment().createSession(plan.model().toByteArray(), options),
                        plan,
                        feeder,
                        memory);
            }
            return SegmentedSession.open(
                    segments.compile(key.structure(), key.cuts()), options, feeder);
        } catch (OrtException e) {
            throw new RuntimeInferenceException(
                    "ONNX Runtime refuses the plan: " + e.getMessage(), e, Ort.isOutOfMemory(e));
        }
    }

    private static OrtSession.SessionOptions options(Setting setting) throws OrtException {
        OrtSession.SessionOptions options = Ort.options(setting.threads());
        try {
            // Every plan runs the canonical graph's own kernels, so that plans agree bit for bit.
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            options.addConfigEntry(
                    "session.model_external_initializers_file_folder_path",
                    setting.weights().path().toString());
            Ort.addDevice(options, setting.device());
            return options;
        } catch (OrtException e) {
            options.close();
            throw e;
        }
    }

    @Override
    public void close() {
        plans.close();
        feeder.close();
    }
}
