/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.model.ModelSignature;
import io.hookline.plan.EditValue;
import io.hookline.plan.PlannedEdit;
import io.hookline.runtime.PassEngine.KvCache;
import io.hookline.runtime.PassEngine.Output;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.PassEngine.PassResult;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs passes and hands each row what it came to: captures, logits, its next token, its end. */
final class RowPasses {
    private final Model model;

    /** What passes run on. */
    record Model(PassEngine engine, ModelSignature signature, List<Integer> eosTokenIds) {}

    RowPasses(Model model) {
        this.model = model;
    }

    /** Whether every step computes the whole text again. */
    boolean recompute() {
        return model.signature().past().isEmpty();
    }

    PassEngine engine() {
        return model.engine();
    }

    /** A pass that ran and whose result nobody has taken yet. */
    record Ran(Pass pass, LoweredPass lowered, PassResult result) {}

    /** Whether the plan of a pass is compiled. */
    boolean isReady(LoweredPass lowered) {
        return model.engine().isReady(lowered.structure());
    }

    /**
     * Runs a pass; no row is changed before its result is {@linkplain #take taken}.
     *
     * @param past stays the caller's
     */
    Ran run(Pass pass, LoweredPass lowered, Optional<KvCache> past)
            throws RuntimeInferenceException {
        List<HostTensor> feeds = new ArrayList<>(TokenFeeds.of(model.signature(), pass));
        feeds.addAll(lowered.feeds());
        PassRequest request = new PassRequest(lowered.structure(), feeds, pass.batch(), past);
        PassCuts calls = new PassCuts(List.of(), lowered.calls());
        return new Ran(pass, lowered, model.engine().run(request, calls));
    }

    /**
     * Hands each row what it came to.
     *
     * @param memory what captures of a pass may lie in that is its rows' last
     * @return what the next pass of these rows continues, the caller's from now on
     */
    Optional<KvCache> take(Ran ran, Optional<CaptureMemory> memory) {
        if (memory.isPresent() && ran.pass().isLast()) {
            memory.get().hold(ran.result());
            return taken(ran, ran.result(), false);
        }
        try (PassResult result = ran.result()) {
            return taken(ran, result, true);
        }
    }

    private Optional<KvCache> taken(Ran ran, PassResult result, boolean copying) {
        Pass pass = ran.pass();
        try {
            LoweredPass lowered = ran.lowered();
            int taps = lowered.taps().size();
            new CaptureReader(pass, copying).read(lowered.taps(), result.taps().subList(0, taps));
            new SignalReadings(pass)
                    .read(lowered.gauges(), result.taps().subList(taps, result.taps().size()));
            for (int row = 0; row < pass.batch(); row++) {
                finish(pass, row, result.logits());
            }
            return result.cache();
        } catch (RuntimeException | Error e) {
            result.cache().ifPresent(KvCache::close);
            throw e;
        }
    }

    private void finish(Pass pass, int row, Optional<Output> logits) {
        ActiveRow active = pass.rows().get(row);
        if (active.ended()) {
            return;
        }
        if (active.failure().isPresent()) {
            active.end(false);
            return;
        }
        if (active.stopsIn(pass.step(row))) {
            active.end(true);
            return;
        }
        if (active.needsLogits(pass.step(row)) && logits.isPresent()) {
            float[] last = handOutLogits(pass, row, logits.get());
            active.next(last);
            if (active.generates()) {
                active.append(last, model.eosTokenIds());
                return;
            }
        }
        active.end(false);
    }

    /** Gives the row the logits it asked for and returns those of its last position. */
    private static float[] handOutLogits(Pass pass, int row, Output output) {
        FloatBuffer logits = output.data().asFloatBuffer();
        int positions = (int) output.shape()[1];
        int vocabulary = (int) output.shape()[2];
        ActiveRow active = pass.rows().get(row);
        int[] own = pass.own(row);
        int from = active.needsAllLogits(pass.step(row)) ? own[0] : own[own.length - 1];
        float[] last = new float[0];
        for (int position = from; position <= own[own.length - 1]; position++) {
            last = new float[vocabulary];
            int at = row * positions + (positions == pass.tokens() ? position : 0);
            logits.get(at * vocabulary, last);
            active.addLogits(last);
        }
        return last;
    }

    /** Why a row can't run its step beside those that are left: a patch's source has ended. */
    static Optional<String> missingSource(ActiveRow row, List<ActiveRow> rows) {
        for (PlannedEdit edit : row.planned().edits()) {
            if (edit.value() instanceof EditValue.FromRow from
                    && edit.steps().contains(row.step())
                    && rows.stream().noneMatch(other -> isRow(other, row.number(), from.row()))) {
                return Optional.of(
                        "invocation %d ended before step %d, where invocation %d patches from it at '%s'"
                                .formatted(
                                        from.row(), row.step(), row.index(), edit.site().point()));
            }
        }
        return Optional.empty();
    }

    private static boolean isRow(ActiveRow row, int number, int index) {
        return row.number() == number && row.index() == index;
    }
}
