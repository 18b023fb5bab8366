/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;

/** Where and at which step a row ends; the site itself is still recorded. */
public record PlannedStop(Site site, int step) {
    /** Whether the run gets to that site in that step. */
    public boolean reaches(Site other, int atStep) {
        return atStep < step || (atStep == step && other.order() <= site.order());
    }
}
