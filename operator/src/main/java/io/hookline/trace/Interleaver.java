/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One run of a model with its blocks: lets the blocks and the model take turns, and serves blocks
 * in the order in which they were defined. Used by the thread that runs the trace.
 */
public final class Interleaver {
    private final TracedModel model;
    private final Batcher batcher;
    private final List<Mediator> mediators = new ArrayList<>();
    private final Map<String, Object> shared;
    private final Map<String, Object> saved = new LinkedHashMap<>();
    private final Map<Tensor, Request.Read> reads = new HashMap<>();
    private final List<Tensor> promises = new ArrayList<>();
    private final Set<Tensor> served = new HashSet<>();
    private final List<String> warnings = new ArrayList<>();
    private final Map<Mediator, List<Request.Skip>> skips = new HashMap<>();
    private Visit position = Visit.START;
    private Pass pass;
    private boolean stopped;
    private int cuts;

    Interleaver(TracedModel model, Batcher batcher, Map<String, Object> shared) {
        this.model = model;
        this.batcher = batcher;
        this.shared = shared;
        this.pass = batcher.pass(0, model.recomputes());
    }

    void add(Mediator mediator) {
        mediators.add(mediator);
    }

    /** The blocks, in the order in which they are served: stored edits first. */
    public List<Mediator> mediators() {
        return Collections.unmodifiableList(mediators);
    }

    /** The rows of the run. */
    public Batcher batcher() {
        return batcher;
    }

    /** How often the model had to pause for a block so far. */
    public int cuts() {
        return cuts;
    }

    Modules modules() {
        return model.modules();
    }

    ModuleCalls calls() {
        return model.calls();
    }

    int steps() {
        return batcher.steps();
    }

    boolean generates() {
        return batcher.generates();
    }

    int[] promptLengths() {
        return batcher.promptLengths();
    }

    Pass pass() {
        return pass;
    }

    Visit position() {
        return position;
    }

    Map<String, Object> shared() {
        return shared;
    }

    void save(String key, Object value) {
        if (value instanceof Tensor tensor) {
            tensor.save();
        }
        saved.put(key, value);
    }

    void promise(Tensor tensor) {
        promises.add(tensor);
    }

    Request.@Nullable Read readOf(Tensor tensor) {
        return reads.get(tensor);
    }

    void reading(Request.Read read) {
        reads.put(read.into(), read);
    }

    void skipped(Mediator mediator, Request.Skip skip) {
        skips.computeIfAbsent(mediator, m -> new ArrayList<>()).add(skip);
    }

    /** Skips that leave a module out for all of the block's rows. */
    List<Request.Skip> skips(Mediator mediator) {
        return skips.getOrDefault(mediator, List.of());
    }

    /** Whether a visit is left out for all rows. */
    boolean isSkipped(Scope scope, Visit visit) {
        if (skips.isEmpty()) {
            return false;
        }
        boolean[] rows = new boolean[batcher.rows()];
        skips.forEach(
                (mediator, all) -> {
                    if (all.stream().anyMatch(skip -> skip.covers(visit))) {
                        for (int row = 0; row < rows.length; row++) {
                            rows[row] |= mediator.scope().contains(row);
                        }
                    }
                });
        for (int row = scope.first(); row < scope.first() + scope.count(); row++) {
            if (!rows[row]) {
                return false;
            }
        }
        return true;
    }

    List<String> warnings() {
        return warnings;
    }

    Map<String, Object> saved() {
        return saved;
    }

    /** Runs model and blocks to their ends. */
    void run(Passes passes) {
        try {
            settle(null);
            while (!stopped && pass.step() < steps() && !batcher.isOver()) {
                new StepRun(this, pass).run(passes);
                if (!stopped) {
                    int next = pass.step() + 1;
                    pass = batcher.pass(next, model.recomputes());
                    position = Visit.before(next);
                    settle(null);
                }
            }
            finish();
        } finally {
            endAll();
        }
    }

    private void finish() {
        if (!stopped) {
            position = Visit.END;
            settle(null);
        }
        for (Mediator mediator : mediators) {
            checkServed(mediator);
        }
    }

    private void endAll() {
        for (Mediator mediator : mediators) {
            mediator.coroutine().end(new Mediator.Ended());
            mediator.caches().forEach(CacheRecorder::end);
        }
    }

    /** Where blocks are served. */
    interface Place {
        /** Serves what a block asked for here; false when there was nothing. */
        boolean serve(Mediator mediator);
    }

    /** Lets everybody go on who can, until nobody can. */
    void settle(@Nullable Place here) {
        boolean progress = true;
        while (progress) {
            progress = false;
            for (Mediator mediator : mediators) {
                progress |= advance(mediator, here);
            }
        }
    }

    private boolean advance(Mediator mediator, @Nullable Place here) {
        boolean progress = false;
        while (true) {
            progress |= here != null && here.serve(mediator);
            if (mediator.coroutine().ended() || !isReady(mediator)) {
                return progress;
            }
            mediator.coroutine().resume();
            checkFailed(mediator);
            progress = true;
            if (mediator.waitsFor() instanceof Wait.Others) {
                // Who waited at a barrier goes on before who opened it.
                return progress;
            }
        }
    }

    private boolean isReady(Mediator mediator) {
        Wait wait = mediator.waitsFor();
        if (wait instanceof Wait.Numbers numbers) {
            return served.contains(numbers.tensor());
        }
        if (wait instanceof Wait.Step step) {
            return pass.step() >= step.step()
                    && pass.step() < steps()
                    && !pass.isEnded(mediator.scope());
        }
        if (wait instanceof Wait.Token token) {
            return pass.step() >= token.step()
                    && batcher.isStreamed(mediator.scope(), token.step());
        }
        if (wait instanceof Wait.End) {
            return position.equals(Visit.END);
        }
        return wait == null || ((Wait.Others) wait).rendezvous().isOver();
    }

    /** Whether a request comes in a pass, and the model gets there for the block's rows. */
    boolean isReachable(Mediator mediator, Request request, Pass during) {
        return request.visit().step() == during.step()
                && !during.isEnded(mediator.scope())
                && !isSkipped(mediator.scope(), request.visit());
    }

    /** Whether somebody waits for the numbers of a tensor. */
    boolean isAwaited(Tensor tensor) {
        for (Mediator mediator : mediators) {
            if (mediator.waitsFor() instanceof Wait.Numbers numbers
                    && numbers.tensor().equals(tensor)) {
                return true;
            }
        }
        return false;
    }

    /** Notes that a promised tensor has what the model had. */
    void filled(Tensor tensor) {
        served.add(tensor);
    }

    void moveTo(Visit to) {
        position = to;
    }

    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    void countCut() {
        cuts++;
    }

    private void checkFailed(Mediator mediator) {
        Throwable thrown = mediator.coroutine().thrown();
        if (thrown != null) {
            throw failed(mediator, thrown);
        }
    }

    private static MediatorException failed(Mediator mediator, Throwable thrown) {
        ErrorCode code =
                thrown instanceof TraceException trace ? trace.code() : ErrorCode.INFERENCE_FAILED;
        return new MediatorException(code, mediator.failure(thrown), thrown);
    }

    /** A block that still waits when the run is over was out of order, or asked for too much. */
    private void checkServed(Mediator mediator) {
        Wait wait = mediator.waitsFor();
        if (wait instanceof Wait.Others others && !mediator.coroutine().ended()) {
            fail(mediator, ErrorCode.BARRIER_UNMET, others.rendezvous().unmet());
            return;
        }
        Optional<Request> left =
                mediator.queue().stream()
                        .filter(each -> !(each instanceof Request.Stop))
                        .findFirst();
        String never = left.map(request -> request.visit().name()).orElse(mediator.cursor().name());
        boolean waits = !mediator.coroutine().ended();
        if (!waits && left.isEmpty()) {
            return;
        }
        if (left.map(Request::inLoop).orElse(mediator.isInLoop()) && !stopped) {
            warnings.add(
                    "'%s' was never reached: the loop of %s asked for a step that the run did not make, so it was cut short; what was saved in the loop is kept, the statements after it did not run"
                            .formatted(never, mediator.name()));
            return;
        }
        fail(
                mediator,
                ErrorCode.OUT_OF_ORDER,
                "'%s' was requested but the model %s"
                        .formatted(
                                never,
                                stopped
                                        ? "was stopped before it"
                                        : "already ran past it or never gets there"));
    }

    private static void fail(Mediator mediator, ErrorCode code, String message) {
        TraceException error = new TraceException(code, message);
        if (!mediator.coroutine().ended()) {
            mediator.coroutine().fail(error);
        }
        Throwable thrown = mediator.coroutine().thrown();
        throw failed(mediator, thrown == null ? error : thrown);
    }

    /**
     * Lets go of promised tensors but for those that are kept.
     *
     * @param ran whether the run came to its end
     * @param keepsAll whether all are kept that have what the model had, else the saved ones
     */
    void release(boolean ran, boolean keepsAll) {
        for (Tensor tensor : promises) {
            if (ran && served.contains(tensor) && (keepsAll || tensor.isSaved())) {
                tensor.detach();
            } else {
                tensor.release(Gone.INSTANCE);
            }
        }
        reads.clear();
    }

    @Override
    public String toString() {
        return "%s at '%s'".formatted(mediators, position.name());
    }
}
