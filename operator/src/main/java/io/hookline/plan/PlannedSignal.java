/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;
import io.hookline.program.SignalDefinition;

/**
 * One signal that one row measures at one site.
 *
 * @param pre whether the value before the first edit is meant, else the one after the last
 * @param steps the forward passes in which it is measured, never empty
 */
public record PlannedSignal(SignalRequest request, Site site, boolean pre, StepSet steps) {
    /** What is measured. */
    public SignalDefinition definition() {
        return request.definition();
    }

    /** Whether it compares what comes next with and without the row's edits. */
    public boolean isOfTokens() {
        return definition().measure().isOfTokens();
    }

    /** The stage as records name it. */
    public String stage() {
        return pre ? "pre" : "post";
    }
}
