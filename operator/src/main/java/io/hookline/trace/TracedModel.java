/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

/**
 * What a run needs to know of its model.
 *
 * @param recomputes whether each step runs the whole text again, for want of a KV cache
 */
record TracedModel(Modules modules, ModuleCalls calls, boolean recomputes) {}
