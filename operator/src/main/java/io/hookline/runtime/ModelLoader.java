/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import java.io.IOException;

/** Opens models. */
public interface ModelLoader {
    /**
     * Opens a model to run programs; the caller owns what is returned.
     *
     * @throws ModelLoadException when the files are missing or not a model that can be run
     * @throws IOException when they can't be read
     */
    ModelRuntime load(ModelSpec spec) throws IOException, ModelLoadException;

    /**
     * Opens a model to look at it and to check programs, without its weights; the caller owns what
     * is returned.
     *
     * @throws ModelLoadException when the files are missing or not a model
     * @throws IOException when they can't be read
     */
    ModelPlanner scan(ModelSpec spec) throws IOException, ModelLoadException;

    /**
     * A text that changes with the files that {@link #load} would read: a runtime that was loaded
     * under another one is not that of the files there now. Empty when nobody can tell.
     */
    default String stamp(ModelSpec spec) {
        return "";
    }
}
