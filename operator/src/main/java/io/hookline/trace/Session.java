/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Several traces of one model between which values flow: what a trace read stays until the session
 * ends, and what blocks share is there for later traces. Only what was saved outlives it.
 */
public final class Session {
    private final LanguageModel model;
    private final Map<String, Object> shared = new HashMap<>();
    private final List<Interleaver> runs = new ArrayList<>();

    Session(LanguageModel model) {
        this.model = model;
    }

    /** The traces of a session. */
    @FunctionalInterface
    public interface Body {
        /** Runs the traces. */
        void run(Session session);
    }

    /** One forward pass; see {@link LanguageModel#trace(String, Block)}. */
    public TraceResult trace(String prompt, Block block) {
        return trace(tracer -> tracer.invoke(prompt, block));
    }

    /** One forward pass; see {@link LanguageModel#trace(Tracer.Definition)}. */
    public TraceResult trace(Tracer.Definition definition) {
        return execute(LanguageModel.TRACE, definition);
    }

    /** A generation; see {@link LanguageModel#generate(int, String, Block)}. */
    public TraceResult generate(int maxNewTokens, String prompt, Block block) {
        return generate(maxNewTokens, tracer -> tracer.invoke(prompt, block));
    }

    /** A generation; see {@link LanguageModel#generate(int, Tracer.Definition)}. */
    public TraceResult generate(int maxNewTokens, Tracer.Definition definition) {
        return execute(LanguageModel.generation(maxNewTokens), definition);
    }

    private TraceResult execute(TraceCall call, Tracer.Definition definition) {
        Tracer tracer = new Tracer(model, call, shared, true);
        definition.define(tracer);
        CompiledTrace compiled = tracer.captured().compile();
        runs.add(compiled.interleaver());
        return compiled.execute();
    }

    void end() {
        runs.forEach(run -> run.release(true, false));
    }
}
