/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static java.util.Objects.requireNonNull;

import io.hookline.model.Site;
import io.hookline.plan.Structure;
import java.util.List;

/**
 * What a plan is compiled from.
 *
 * @param cuts where code waits, empty for a plan in one piece
 */
record PlanKey(Structure structure, List<Site> cuts) {
    PlanKey {
        requireNonNull(structure, "structure");
        cuts = List.copyOf(cuts);
    }
}
