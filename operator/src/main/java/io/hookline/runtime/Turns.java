/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What became of the traces of a batch that did not wait for plans.
 *
 * @param each in the order of the traces
 * @param positions of all prompts that ran, padding included
 * @param padding how many of these were no text
 * @param structures the most that traces of one such pass brought into its plan, 0 where nobody
 *     counted
 */
public record Turns(List<Turn> each, long positions, long padding, int structures) {
    public Turns {
        each = List.copyOf(each);
    }

    /** Traces that have all ended, without padding. */
    public static Turns ended(List<TraceOutcome> outcomes) {
        return new Turns(outcomes.stream().<Turn>map(Ended::new).toList(), 0, 0, 0);
    }

    /** What became of one trace. */
    public sealed interface Turn {}

    /** It ran. */
    public record Ended(TraceOutcome outcome) implements Turn {}

    /**
     * It has not begun: its plan is being compiled.
     *
     * @param plan is done, never with a failure, when it is worth another try
     */
    public record Waits(CompletableFuture<Void> plan) implements Turn {}
}
