/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.program.Generation;
import java.util.Optional;

/**
 * What a trace calls of the model.
 *
 * @param generation how tokens are generated; empty for one forward pass
 * @param scans whether shapes and types are all that is wanted
 */
public record TraceCall(Optional<Generation> generation, boolean scans) {
    /** nnsight's name: {@code trace}, {@code generate} or {@code scan}. */
    public String name() {
        return scans ? "scan" : generation.isPresent() ? "generate" : "trace";
    }
}
