/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The steps at which something happens, all of them known before a trace starts. Immutable. */
public final class StepSet {
    private final BitSet steps;

    private StepSet(BitSet steps) {
        this.steps = steps;
    }

    /** The given steps. */
    public static StepSet of(int... steps) {
        BitSet set = new BitSet();
        for (int step : steps) {
            set.set(step);
        }
        return new StepSet(set);
    }

    /** Whether it happens at that step. */
    public boolean contains(int step) {
        return steps.get(step);
    }

    /** Whether it never happens. */
    public boolean isEmpty() {
        return steps.isEmpty();
    }

    /** The earliest step, -1 when there is none. */
    public int first() {
        return steps.nextSetBit(0);
    }

    /** The latest step, -1 when there is none. */
    public int last() {
        return steps.length() - 1;
    }

    /** Whether a step belongs to both. */
    public boolean intersects(StepSet others) {
        return steps.intersects(others.steps);
    }

    /**
     * One step of each shape that values have: step 0, where it belongs to them, and the first of
     * the others; every step where the shape grows from step to step.
     */
    List<Integer> shapes(boolean growing) {
        List<Integer> shapes = new ArrayList<>();
        for (int step = first(); step >= 0; step = steps.nextSetBit(step + 1)) {
            if (growing || step == 0 || shapes.isEmpty() || shapes.equals(List.of(0))) {
                shapes.add(step);
            }
        }
        return shapes;
    }

    /** These steps without the others. */
    public StepSet without(StepSet others) {
        BitSet left = (BitSet) steps.clone();
        left.andNot(others.steps);
        return new StepSet(left);
    }

    /** These steps from the given one on. */
    StepSet from(int first) {
        BitSet left = (BitSet) steps.clone();
        left.clear(0, first);
        return new StepSet(left);
    }

    /** These steps up to and with the last one given. */
    public StepSet upTo(int last) {
        BitSet left = (BitSet) steps.clone();
        if (left.length() > last + 1) {
            left.clear(last + 1, left.length());
        }
        return new StepSet(left);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StepSet that && steps.equals(that.steps);
    }

    @Override
    public int hashCode() {
        return steps.hashCode();
    }

    @Override
    public String toString() {
        return steps.toString();
    }
}
