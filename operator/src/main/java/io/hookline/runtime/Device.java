/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

/** What a model's sessions run on. */
public sealed interface Device {
    /** The processor. */
    record Cpu() implements Device {
        @Override
        public String toString() {
            return "cpu";
        }
    }

    /** An NVIDIA GPU by index. */
    record Cuda(int index) implements Device {
        @Override
        public String toString() {
            return "cuda:" + index;
        }
    }
}
