/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelPool;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.io.IOException;

/** The models of this TaskManager, shared by its slots. */
public final class SharedModels {
    private static final ModelPool POOL =
            new ModelPool(new OnnxModelLoader(OnnxModelLoader.defaultCacheFolder()));

    private SharedModels() {}

    /**
     * Takes a lease on a model, loading it when no slot has.
     *
     * @throws ModelLoadException when it can't be opened
     * @throws IOException when it can't be read
     */
    public static ModelPool.Lease acquire(ModelSpec spec) throws IOException, ModelLoadException {
        return POOL.acquire(spec);
    }
}
