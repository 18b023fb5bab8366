/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.model.Site;
import java.util.Optional;
import java.util.OptionalInt;

/** Java code in the middle of a pass: it sees the value at a site and may replace it. */
@FunctionalInterface
public interface PassInterrupt {
    /**
     * Runs the code of one cut, on the thread that runs the pass. What it throws ends the pass and
     * reaches whoever runs it.
     *
     * @param value what the site has after the edits that the pass is compiled with
     * @return what the site's readers get instead, with the value's type and shape; empty to hand
     *     on the value itself
     */
    Optional<HostTensor> at(CutValue value);

    /** The value at a cut. It can be read until the code returns, and by its thread alone. */
    interface CutValue {
        /** Where it is; its layout tells what the axes are. */
        Site site();

        /** The slot of a call that waits there, by its index in the structure; empty at a cut. */
        OptionalInt slot();

        /** Lengths of its axes. */
        long[] shape();

        /** A copy of its numbers, row-major; made anew at each call. */
        float[] floats();

        /**
         * A replacement of that type and shape.
         *
         * @param values row-major
         * @throws IllegalArgumentException when there are more or fewer than the shape has
         */
        default HostTensor replacement(float[] values) {
            return HostTensor.ofFloats(site().point().toString(), site().dtype(), shape(), values);
        }
    }
}
