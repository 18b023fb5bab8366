/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

/** What a parked block waits for. */
sealed interface Wait {
    /** The numbers of a promised tensor. */
    record Numbers(Tensor tensor) implements Wait {}

    /** The start of a step that the model makes. */
    record Step(int step) implements Wait {}

    /** The token that goes into a step, whether the model makes it or not. */
    record Token(int step) implements Wait {}

    /** The end of the run. */
    record End() implements Wait {}

    /** The others at a barrier, whose rendezvous they share. */
    record Others(Barrier.Rendezvous rendezvous) implements Wait {}
}
