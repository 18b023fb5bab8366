/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Which forward passes of a generation are meant; step 0 is the one over the prompt. */
public sealed interface StepSelector {
    /** Whether the step is selected in a program of that many steps. */
    boolean selects(int step, int steps);

    /** Every step. */
    record All() implements StepSelector {
        @Override
        public boolean selects(int step, int steps) {
            return true;
        }
    }

    /** One step, written as a number; the default is step 0. */
    record At(int step) implements StepSelector {
        @Override
        public boolean selects(int step, int steps) {
            return this.step == step;
        }
    }

    /** Steps from {@code from} up to but without {@code to}, as a Python slice. */
    record Range(OptionalInt from, OptionalInt to) implements StepSelector {
        @Override
        public boolean selects(int step, int steps) {
            return Slices.of(from, to, steps).contains(step);
        }
    }

    /** The listed steps. */
    record Listed(List<Integer> steps) implements StepSelector {
        public Listed {
            steps = List.copyOf(steps);
        }

        @Override
        public boolean selects(int step, int count) {
            return steps.contains(step);
        }
    }

    /** The selected steps of that many, ascending. */
    default int[] of(int steps) {
        return IntStream.range(0, steps).filter(step -> selects(step, steps)).toArray();
    }
}
