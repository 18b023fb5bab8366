/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Module;

/** Runs single modules on values. */
interface ModuleCalls {
    Tensor call(Module module, Tensor value);
}
