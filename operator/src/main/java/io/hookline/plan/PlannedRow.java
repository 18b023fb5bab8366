/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import java.util.List;
import java.util.Optional;

/**
 * One invocation, ready to run.
 *
 * @param tokens the prompt's token ids
 * @param edits in the order in which they act at their sites
 * @param captures what to record
 * @param signals what to measure
 * @param stop where this invocation ends, when it ends early
 */
public record PlannedRow(
        int[] tokens,
        List<PlannedEdit> edits,
        List<PlannedCapture> captures,
        List<PlannedSignal> signals,
        Optional<PlannedStop> stop) {
    public PlannedRow {
        edits = List.copyOf(edits);
        captures = List.copyOf(captures);
        signals = List.copyOf(signals);
    }

    /** A row that measures nothing. */
    public PlannedRow(
            int[] tokens,
            List<PlannedEdit> edits,
            List<PlannedCapture> captures,
            Optional<PlannedStop> stop) {
        this(tokens, edits, captures, List.of(), stop);
    }

    /** What it measures of the next token, for which it runs again without its edits. */
    public List<PlannedSignal> tokenSignals() {
        return signals.stream().filter(PlannedSignal::isOfTokens).toList();
    }

    /** The same row as nobody changes it: what {@link #tokenSignals} compare it with. */
    public PlannedRow withoutEdits() {
        return new PlannedRow(tokens, List.of(), List.of(), tokenSignals(), stop);
    }

    /** The same row, which measures those signals. */
    PlannedRow measuring(List<PlannedSignal> others) {
        return new PlannedRow(tokens, edits, captures, others, stop);
    }
}
