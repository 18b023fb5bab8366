/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Site;
import org.jspecify.annotations.Nullable;

/**
 * One visit of a hook point in a run: a place in the order in which the model gets to things.
 *
 * @param occurrence which visit of the hook point it is, counted over the run
 * @param label what it is called where there is no site
 */
record Visit(int step, int order, @Nullable Site site, int occurrence, String label)
        implements Comparable<Visit> {
    /** Before the model does anything. */
    static final Visit START = between(0, Integer.MIN_VALUE, "the start");

    /** After the model has done everything. */
    static final Visit END = between(Integer.MAX_VALUE, Integer.MAX_VALUE, "the end");

    private static Visit between(int step, int order, String label) {
        return new Visit(step, order, null, 0, label);
    }

    /**
     * A visit of a site.
     *
     * @param visits how many visits the hook point has in each step
     */
    static Visit of(int step, Site site, int visits) {
        return new Visit(step, site.order(), site, step * visits + site.visit(), "");
    }

    /** Between the steps: before anything of that step. */
    static Visit before(int step) {
        return beforeAll(step, "the start of step " + step);
    }

    /** Before anything of that step, by another name. */
    static Visit beforeAll(int step, String label) {
        return between(step, Integer.MIN_VALUE, label);
    }

    /** As nnsight writes it, e.g. {@code model.lm_head.output.i0}. */
    String name() {
        return site == null ? label : site.point() + ".i" + occurrence;
    }

    @Override
    public int compareTo(Visit other) {
        return step != other.step
                ? Integer.compare(step, other.step)
                : Integer.compare(order, other.order);
    }
}
