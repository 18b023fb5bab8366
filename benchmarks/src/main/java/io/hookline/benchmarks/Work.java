/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

/** Something that is timed. */
@FunctionalInterface
interface Work {
    void run() throws Exception;
}
