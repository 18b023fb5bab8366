/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedTrace;

/** The decodings of one model. Thread-safe; each decoding is used by one thread at a time. */
public final class Decodings {
    private final ModelInfo info;
    private final RowPasses passes;
    private final Detokenizer detokenizer;
    private final PaddingProbe probe;

    public Decodings(PassEngine engine, ModelInfo info, Detokenizer detokenizer) {
        this.info = info;
        this.passes =
                new RowPasses(
                        new RowPasses.Model(engine, info.signature(), info.limits().eosTokenIds()));
        this.detokenizer = detokenizer;
        this.probe = new PaddingProbe(passes, info);
    }

    /**
     * Whether a trace can be part of a decoding: the model has a KV cache, the trace takes more
     * than one step, and rows of it that have to share passes can.
     */
    public boolean accept(PlannedTrace trace) {
        return !info.signature().past().isEmpty()
                && trace.program().generate().isPresent()
                && trace.program().steps() > 1
                && (!RowGroups.mix(trace) || probe.mayPad());
    }

    /** A decoding without traces. */
    public Decoding open(int maxAttempts) {
        RowSteps.Sharing sharing = new RowSteps.Sharing(0, probe.mayPad());
        return new DecodingRun(new RowSteps(passes, sharing), detokenizer, maxAttempts);
    }
}
