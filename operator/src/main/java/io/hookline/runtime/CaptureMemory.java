/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.runtime.PassEngine.PassResult;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory of a model that captures of some runs lie in until it is closed, so that they need not be
 * copied before they are written. Used by one thread.
 */
public final class CaptureMemory implements AutoCloseable {
    private final List<PassResult> results = new ArrayList<>();

    /** Takes a result over. */
    void hold(PassResult result) {
        results.add(result);
    }

    @Override
    public void close() {
        results.forEach(PassResult::close);
        results.clear();
    }
}
