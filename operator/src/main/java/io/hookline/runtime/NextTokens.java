/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static java.util.Objects.requireNonNull;

import io.hookline.plan.PlannedRow;
import io.hookline.plan.PlannedSignal;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.Generation;
import io.hookline.program.LogitsRequest;
import io.hookline.program.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The logits of the steps in which a row's next token is compared with the one that would come
 * without the row's edits.
 */
final class NextTokens {
    private static final int[] NO_UNITS = new int[0];
    private static final double[] NO_VALUES = new double[0];

    private final List<PlannedSignal> signals;
    private final Map<Integer, float[]> logits = new TreeMap<>();

    NextTokens(List<PlannedSignal> signals) {
        this.signals = signals;
    }

    /** Whether a step is compared. */
    boolean wants(int step) {
        return signals.stream().anyMatch(signal -> signal.steps().contains(step));
    }

    /** Keeps the logits of a step that is compared. */
    void keep(int step, float[] values) {
        if (wants(step)) {
            logits.put(step, values);
        }
    }

    /**
     * A row of the same text that nobody edits, up to the last step that is compared; empty when
     * there is none.
     *
     * @param row which has ended, and to which this belongs
     */
    Optional<ActiveRow> unedited(ActiveRow row) {
        if (logits.isEmpty() || row.failure().isPresent()) {
            return Optional.empty();
        }
        int steps = 1 + logits.keySet().stream().mapToInt(Integer::intValue).max().orElseThrow();
        int[] text = Arrays.stream(row.generated()).limit(steps).toArray();
        PlannedTrace edited = row.trace();
        PlannedTrace plain =
                new PlannedTrace(
                        shortened(edited.program(), steps),
                        edited.rows().stream().map(PlannedRow::withoutEdits).toList(),
                        edited.rows().stream().map(each -> text).toList());
        return Optional.of(new ActiveRow(plain, row.number(), row.index()));
    }

    /** The same with that many steps, from which nobody wants logits. */
    private static Program shortened(Program program, int steps) {
        Optional<Generation> generate =
                program.generate()
                        .map(
                                each ->
                                        new Generation(
                                                steps,
                                                each.eosTokenIds(),
                                                each.temperature(),
                                                each.topK(),
                                                each.topP(),
                                                each.seed()));
        return new Program(
                program.about(),
                program.policies(),
                program.invocations(),
                program.interventions(),
                program.cache(),
                generate,
                LogitsRequest.NONE,
                program.stop());
    }

    /**
     * What the signals come to, step by step.
     *
     * @param row to which this belongs
     * @param plain those of its {@linkplain #unedited unedited} row
     */
    List<Measurement> compared(ActiveRow row, NextTokens plain) {
        List<Measurement> measured = new ArrayList<>();
        logits.forEach(
                (step, edited) -> {
                    NextTokenChange change =
                            NextTokenChange.between(edited, requireNonNull(plain.logits.get(step)));
                    for (PlannedSignal signal : signals) {
                        if (signal.steps().contains(step)) {
                            measured.add(measurement(row, signal, step, change));
                        }
                    }
                });
        return measured;
    }

    private static Measurement measurement(
            ActiveRow row, PlannedSignal signal, int step, NextTokenChange change) {
        int last = step == 0 ? row.promptLength() - 1 : 0;
        return new Measurement(
                signal,
                row.index(),
                new Measurement.Place(step, last, last),
                signal.definition().measure().value(change),
                NO_UNITS,
                NO_VALUES);
    }
}
