/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelPool;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.io.IOException;

/** The models of this TaskManager, shared by its slots. */
public final class SharedModels implements ModelSource {
    private static final long serialVersionUID = 1;

    private static final ModelPool POOL =
            new ModelPool(new OnnxModelLoader(OnnxModelLoader.defaultCacheFolder()));

    @Override
    public ModelPool.Lease acquire(ModelSpec spec) throws IOException, ModelLoadException {
        return POOL.acquire(spec);
    }

    @Override
    public boolean holds(ModelSpec spec) {
        return POOL.holds(spec);
    }
}
