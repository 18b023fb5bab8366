/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;
import io.hookline.program.CachePolicy;
import io.hookline.program.StepSelector;
import io.hookline.program.TokenSelector;
import io.hookline.schema.ElementType;

/**
 * One value that one row records at one site.
 *
 * @param cache the policy's name or index
 * @param recordedAs the module's name in the record
 * @param pre whether the value before the first edit is meant, else after the last
 * @param reduction with every tensor resolved
 * @param units the recorded units, empty for all of them
 */
public record PlannedCapture(
        String cache,
        String recordedAs,
        Site site,
        boolean pre,
        StepSelector steps,
        TokenSelector tokens,
        int[] units,
        io.hookline.program.Reduction reduction,
        ElementType dtype) {
    /** The stage as records name it. */
    public String stage() {
        return (pre ? CachePolicy.Stage.PRE : CachePolicy.Stage.POST)
                .name()
                .toLowerCase(java.util.Locale.ROOT);
    }
}
