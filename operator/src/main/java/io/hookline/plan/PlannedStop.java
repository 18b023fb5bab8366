/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;

/** Where and at which step a row ends. */
public record PlannedStop(Site site, int step) {}
