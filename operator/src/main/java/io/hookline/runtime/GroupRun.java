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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Runs a group of rows to their ends, pass by pass. Rows that end leave the group, and the KV cache
 * shrinks with it. Used by one thread; closes whatever KV cache it still holds.
 */
final class GroupRun implements AutoCloseable {
    private final PassEngine engine;
    private final ModelSignature signature;
    private final List<Integer> modelEos;
    private final Map<ActiveRow, Sampler> samplers = new HashMap<>();
    private final Map<Integer, String> failed = new TreeMap<>();
    private List<ActiveRow> rows;
    private Optional<KvCache> cache = Optional.empty();
    private int step;
    private int prefill;

    /** What a group runs on. */
    record Model(PassEngine engine, ModelSignature signature, List<Integer> eosTokenIds) {}

    GroupRun(Model model, List<ActiveRow> rows) {
        this.engine = model.engine();
        this.signature = model.signature();
        this.modelEos = model.eosTokenIds();
        this.rows = List.copyOf(rows);
        for (ActiveRow row : rows) {
            row.trace()
                    .program()
                    .generate()
                    .ifPresent(
                            generation -> samplers.put(row, new Sampler(generation, row.index())));
        }
    }

    /** Runs every row to its end. */
    void run() throws RuntimeInferenceException {
        while (!rows.isEmpty()) {
            runStep();
            step++;
            if (cache.isPresent() && isPadded() && !isTied()) {
                runApart();
            }
        }
    }

    /** Whether some row's keys have a gap of padding behind its prompt. */
    private boolean isPadded() {
        return rows.stream().anyMatch(row -> row.promptLength() < prefill);
    }

    /** Whether rows still have to meet in one pass. */
    private boolean isTied() {
        return rows.stream()
                .flatMap(row -> row.planned().edits().stream())
                .anyMatch(
                        edit ->
                                edit.value() instanceof EditValue.FromRow
                                        && edit.steps().last() >= step);
    }

    /**
     * Goes on with rows of equal length, each without its gap, which a sliding window would see.
     */
    private void runApart() throws RuntimeInferenceException {
        Map<Integer, List<Integer>> byLength = new TreeMap<>();
        for (int row = 0; row < rows.size(); row++) {
            int length = rows.get(row).promptLength();
            byLength.computeIfAbsent(length, key -> new ArrayList<>()).add(row);
        }
        for (Map.Entry<Integer, List<Integer>> part : byLength.entrySet()) {
            try (GroupRun run = part(part.getValue(), part.getKey())) {
                run.run();
                failed.putAll(run.failed());
            }
        }
        rows = List.of();
        close();
    }

    private GroupRun part(List<Integer> indices, int length) throws RuntimeInferenceException {
        KvCache whole = cache.orElseThrow();
        GroupRun part =
                new GroupRun(
                        new Model(engine, signature, modelEos),
                        indices.stream().map(rows::get).toList());
        part.samplers.putAll(samplers);
        part.step = step;
        part.prefill = length;
        part.cache = Optional.of(whole.select(array(indices), length, prefill));
        return part;
    }

    private static int[] array(List<Integer> indices) {
        return indices.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Traces that could not go on, by their place in the batch, and why. */
    Map<Integer, String> failed() {
        return failed;
    }

    private void runStep() throws RuntimeInferenceException {
        endRowsWithoutSource();
        if (rows.isEmpty()) {
            return;
        }
        boolean recomputes = signature.past().isEmpty();
        Pass pass = Pass.of(rows, step, recomputes, prefill);
        prefill = pass.prefill();
        LoweredPass lowered = PassLowering.lower(pass);
        List<HostTensor> feeds = new ArrayList<>(TokenFeeds.of(signature, pass));
        feeds.addAll(lowered.feeds());
        try (PassResult result =
                engine.run(
                        new PassRequest(lowered.structure(), feeds, pass.batch(), cache),
                        new PassCuts(List.of(), lowered.calls()))) {
            cache.ifPresent(KvCache::close);
            cache = result.cache();
            new CaptureReader(pass).read(lowered.taps(), result.taps());
            for (int row = 0; row < pass.batch(); row++) {
                finish(pass, row, result.logits());
            }
        }
        dropEnded();
    }

    /** A patch whose source has ended by itself can't be served; its trace fails alone. */
    private void endRowsWithoutSource() throws RuntimeInferenceException {
        for (ActiveRow row : rows) {
            for (PlannedEdit edit : row.planned().edits()) {
                if (edit.value() instanceof EditValue.FromRow from
                        && edit.steps().contains(step)
                        && rows.stream()
                                .noneMatch(other -> isRow(other, row.number(), from.row()))) {
                    failed.put(
                            row.number(),
                            "invocation %d ended before step %d, where invocation %d patches from it at '%s'"
                                    .formatted(from.row(), step, row.index(), edit.site().point()));
                }
            }
        }
        rows.stream()
                .filter(row -> failed.containsKey(row.number()))
                .forEach(row -> row.end(false));
        dropEnded();
    }

    private static boolean isRow(ActiveRow row, int number, int index) {
        return row.number() == number && row.index() == index;
    }

    private void finish(Pass pass, int row, Optional<Output> logits) {
        ActiveRow active = pass.rows().get(row);
        if (active.failure().isPresent()) {
            active.end(false);
            return;
        }
        if (active.stopsIn(step)) {
            active.end(true);
            return;
        }
        if (active.needsLogits(step) && logits.isPresent()) {
            float[] last = handOutLogits(pass, row, logits.get());
            if (active.generates()) {
                active.append(sampler(active).choose(last), step, modelEos);
                return;
            }
        }
        active.end(false);
    }

    private Sampler sampler(ActiveRow row) {
        Sampler sampler = samplers.get(row);
        if (sampler == null) {
            throw new IllegalStateException("a row that generates nothing has no sampler");
        }
        return sampler;
    }

    /** Gives the row the logits it asked for and returns those of its last position. */
    private float[] handOutLogits(Pass pass, int row, Output output) {
        FloatBuffer logits = output.data().asFloatBuffer();
        int positions = (int) output.shape()[1];
        int vocabulary = (int) output.shape()[2];
        ActiveRow active = pass.rows().get(row);
        int[] own = pass.own(row);
        int from = active.needsAllLogits(step) ? own[0] : own[own.length - 1];
        float[] last = new float[vocabulary];
        for (int position = from; position <= own[own.length - 1]; position++) {
            last = new float[vocabulary];
            int at = row * positions + (positions == pass.tokens() ? position : 0);
            logits.get(at * vocabulary, last);
            active.addLogits(last);
        }
        return last;
    }

    private void dropEnded() throws RuntimeInferenceException {
        List<ActiveRow> left = new ArrayList<>();
        List<Integer> indices = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            if (!rows.get(row).ended()) {
                left.add(rows.get(row));
                indices.add(row);
            }
        }
        if (left.size() < rows.size() && cache.isPresent()) {
            KvCache whole = cache.get();
            cache = Optional.empty();
            try (whole) {
                if (!left.isEmpty()) {
                    cache = Optional.of(whole.select(array(indices), 0, 0));
                }
            }
        }
        rows = left;
    }

    @Override
    public void close() {
        cache.ifPresent(KvCache::close);
        cache = Optional.empty();
    }
}
