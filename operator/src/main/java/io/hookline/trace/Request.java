/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Site;
import org.jspecify.annotations.Nullable;

/** Something a block asked of the model, in the order of visits. */
sealed interface Request {
    /** When it is served. */
    Visit visit();

    /** Where it is served; null when that is at no site. */
    default @Nullable Site site() {
        return visit().site();
    }

    /** Whether it was asked inside a loop over steps. */
    boolean inLoop();

    /** The value at a site, to be put into a promised tensor. */
    record Read(Visit visit, boolean inLoop, Tensor into) implements Request {}

    /** A change of the value of a site, through a tensor read there before. */
    record Change(Visit visit, boolean inLoop, Tensor through, Selector where, Tensor value)
            implements Request {}

    /** Another value for a site. */
    record Replace(Visit visit, boolean inLoop, Tensor value) implements Request {}

    /** Another value for the output of a module that does not run. */
    record Skip(Visit visit, boolean inLoop, Visit gate, Tensor value) implements Request {
        /** Whether a visit lies inside the module. */
        boolean covers(Visit other) {
            return gate.compareTo(other) < 0 && other.compareTo(visit) < 0;
        }
    }

    /** The end of the run. */
    record Stop(Visit visit, boolean inLoop) implements Request {}
}
