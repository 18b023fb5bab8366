/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

/**
 * What a loaded model takes besides the heap, as far as it can be counted: ONNX Runtime does not
 * say what its own arena takes.
 *
 * @param sessions that are open, one for each plan
 * @param nativeBytes the weights' files, which all sessions share, and memory that taps and KV
 *     caches are written to
 */
public record Footprint(int sessions, long nativeBytes) {
    /** Nothing that could be counted. */
    public static final Footprint NONE = new Footprint(0, 0);
}
