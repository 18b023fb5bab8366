/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelPool;
import io.hookline.runtime.ModelSpec;
import java.io.IOException;
import java.io.Serializable;

/** Where an operator gets its models; travels to the TaskManagers with the operator. */
@FunctionalInterface
public interface ModelSource extends Serializable {
    /**
     * Takes a lease on a model, loading it when nobody has.
     *
     * @throws ModelLoadException when it can't be opened
     * @throws IOException when it can't be read
     */
    ModelPool.Lease acquire(ModelSpec spec) throws IOException, ModelLoadException;

    /** Whether that model is loaded now. */
    default boolean holds(ModelSpec spec) {
        return false;
    }
}
