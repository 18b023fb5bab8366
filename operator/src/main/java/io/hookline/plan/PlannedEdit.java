/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;
import io.hookline.program.TokenSelector;

/**
 * One edit of one row at one site.
 *
 * @param steps the forward passes it acts in, never empty
 * @param units the units that change, empty for all of them
 */
public record PlannedEdit(
        Site site, EditValue value, StepSet steps, TokenSelector tokens, int[] units) {}
