/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;
import io.hookline.program.Reduction;
import io.hookline.program.TokenSelector;
import io.hookline.schema.ElementType;

/**
 * One value that one row records at one site.
 *
 * @param cache the policy's name or index
 * @param recordedAs the module's name in the record
 * @param pre whether the value before the first edit is meant, else the one after the last
 * @param steps the forward passes it records, never empty
 * @param units the recorded units, empty for all of them
 * @param reduction with every tensor resolved
 * @param dtype what the record holds
 */
public record PlannedCapture(
        String cache,
        String recordedAs,
        Site site,
        boolean pre,
        StepSet steps,
        TokenSelector tokens,
        int[] units,
        Reduction reduction,
        ElementType dtype) {
    /** The stage as records name it. */
    public String stage() {
        return pre ? "pre" : "post";
    }
}
