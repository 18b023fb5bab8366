/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.schema.ErrorCode;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** A loop over steps: while its body runs, requests mean that step's visits. */
final class Iterations implements Iterable<Integer> {
    private final List<Integer> steps;
    private final Mediator mediator;

    Iterations(List<Integer> steps, Mediator mediator) {
        for (int step : steps) {
            if (step < 0) {
                throw new TraceException(
                        ErrorCode.STEP_OUT_OF_RANGE, "a step can't be negative, got " + step);
            }
        }
        this.steps = List.copyOf(steps);
        this.mediator = mediator;
    }

    @Override
    public Iterator<Integer> iterator() {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                if (next == steps.size()) {
                    mediator.iterate(-1);
                }
                return next < steps.size();
            }

            @Override
            public Integer next() {
                if (next == steps.size()) {
                    throw new NoSuchElementException();
                }
                mediator.iterate(steps.get(next));
                return steps.get(next++);
            }
        };
    }
}
