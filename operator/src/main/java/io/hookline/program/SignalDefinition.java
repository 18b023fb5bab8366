/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static java.util.Objects.requireNonNull;

/**
 * What one signal measures, and where. Pure data; the same for every event.
 *
 * @param name the signal's name in its records
 */
public record SignalDefinition(String name, Measure measure, Place at, Selection selection) {
    public SignalDefinition {
        requireNonNull(name, "name");
        requireNonNull(measure, "measure");
        requireNonNull(at, "at");
        requireNonNull(selection, "selection");
    }

    /** Where a signal is measured. */
    public sealed interface Place {}

    /** At hook points by path or glob, as {@code at} of an intervention. */
    public record HookPoints(String at) implements Place {}

    /** At the outputs of the blocks that a model is a stack of. */
    public record Blocks() implements Place {}

    /** At the output of the last block. */
    public record LastBlock() implements Place {}

    /** Where the next token is chosen: at the output of the model. */
    public record NextToken() implements Place {}

    /** Which values at a hook point are measured. */
    public record Selection(
            StepSelector steps, TokenSelector tokens, Pool pool, CachePolicy.Stage stage) {}

    /** What several positions become. */
    public enum Pool {
        /** Each position gives a signal. */
        NONE,
        /** The mean activation over the positions is measured. */
        MEAN,
        /** The largest value of the positions is the signal. */
        MAX
    }
}
