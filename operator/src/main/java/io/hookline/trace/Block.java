/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

/** Code that runs interleaved with the model, for the rows of one invocation. */
@FunctionalInterface
public interface Block {
    /**
     * Runs the code.
     *
     * @param mediator what the block asks the model through
     */
    void run(Mediator mediator) throws Exception;
}
