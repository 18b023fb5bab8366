/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import ai.onnxruntime.OrtException;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.Weights;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Forward passes and greedy text with 8-bit weights, beside plain ones with the stored weights. Has
 * no cases where the model has no weights to convert.
 */
final class Int8Cases implements AutoCloseable {
    private static final int STEPS = 16;
    private static final String BARE_GENERATE = "bare-generate";
    private static final double FASTER = 1;

    private final Subject stored;
    private final Optional<ModelRuntime> converted;
    private final Optional<BareGeneration> bare;

    private Int8Cases(
            Subject stored, Optional<ModelRuntime> converted, Optional<BareGeneration> bare) {
        this.stored = stored;
        this.converted = converted;
        this.bare = bare;
    }

    /**
     * Opens what the cases run on.
     *
     * @param plain how the plain loop opens the model
     */
    static Int8Cases open(
            OnnxModelLoader loader, ModelSpec spec, Subject stored, BareLoop.Setting plain)
            throws Exception {
        Optional<ModelRuntime> converted = converted(loader, spec);
        try {
            boolean caches = stored.isDecoder() && !plain.signature().past().isEmpty();
            Optional<BareGeneration> bare =
                    caches
                            ? Optional.of(new BareGeneration(plain, stored.prompts()))
                            : Optional.empty();
            return new Int8Cases(stored, converted, bare);
        } catch (Exception e) {
            converted.ifPresent(ModelRuntime::close);
            throw e;
        }
    }

    private static Optional<ModelRuntime> converted(OnnxModelLoader loader, ModelSpec spec)
            throws Exception {
        try {
            return Optional.of(loader.load(spec.with(Weights.INT8)));
        } catch (ModelLoadException e) {
            return Optional.empty();
        }
    }

    List<Case> cases() throws Exception {
        List<Case> cases = new ArrayList<>();
        ProgramKit idle = stored.idle();
        ProgramKit text = idle.generating(STEPS);
        if (bare.isPresent()) {
            BareGeneration plain = bare.get();
            cases.add(Case.reference(BARE_GENERATE, () -> plain.run(STEPS)));
            cases.add(Case.throughput("generate", stored.work(row -> text), BARE_GENERATE, 0.97));
        }
        if (converted.isPresent()) {
            Subject int8 = new Subject(converted.get(), stored.blocks(), stored.prompts());
            cases.add(
                    Case.throughput("int8-encode", int8.work(row -> idle), PassCases.BARE, FASTER));
            if (bare.isPresent()) {
                cases.add(
                        Case.throughput(
                                "int8-generate", int8.work(row -> text), BARE_GENERATE, FASTER));
            }
        }
        return cases;
    }

    @Override
    public void close() throws OrtException {
        converted.ifPresent(ModelRuntime::close);
        if (bare.isPresent()) {
            bare.get().close();
        }
    }
}
