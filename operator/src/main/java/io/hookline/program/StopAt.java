/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static java.util.Objects.requireNonNull;

/** Where a run ends for every invocation; the point itself is still recorded. */
public record StopAt(String module, Io io, int step, String pointer) {
    public StopAt {
        requireNonNull(module, "module");
        requireNonNull(io, "io");
        requireNonNull(pointer, "pointer");
    }

    /** The same end, standing elsewhere. */
    public StopAt movedTo(String otherPointer) {
        return new StopAt(module, io, step, otherPointer);
    }
}
