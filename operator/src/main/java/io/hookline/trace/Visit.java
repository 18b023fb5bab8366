/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Site;
import org.jspecify.annotations.Nullable;

/** One visit of a hook point in a run: a place in the order in which the model gets to things. */
record Visit(int step, int order, @Nullable Site site, String name) implements Comparable<Visit> {
    /** Before the model does anything. */
    static final Visit START = new Visit(0, Integer.MIN_VALUE, null, "the start");

    /** After the model has done everything. */
    static final Visit END = new Visit(Integer.MAX_VALUE, Integer.MAX_VALUE, null, "the end");

    /**
     * A visit of a site.
     *
     * @param visits how many visits the hook point has in each step
     */
    static Visit of(int step, Site site, int visits) {
        return new Visit(
                step, site.order(), site, site.point() + ".i" + (step * visits + site.visit()));
    }

    /** Between the steps: before anything of that step. */
    static Visit before(int step) {
        return new Visit(step, Integer.MIN_VALUE, null, "the start of step " + step);
    }

    @Override
    public int compareTo(Visit other) {
        return step != other.step
                ? Integer.compare(step, other.step)
                : Integer.compare(order, other.order);
    }
}
