/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

/** Where a run ends for every invocation; the point itself is still recorded. */
public record StopAt(String module, Io io, int step, String pointer) {}
