/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import io.hookline.program.TensorValue.Literal;

/**
 * Java code that programs may call at a hook point: {@code {"op": "call", "function": name}}. It is
 * found by {@link java.util.ServiceLoader} and acts only where a job allows its name. One instance
 * serves all events of a task and may be called by several threads at once.
 */
public interface InterventionFunction {
    /** The name that programs call it by and jobs allow it by. */
    String name();

    /**
     * Checks arguments before anything runs.
     *
     * @throws IllegalArgumentException that says what is wrong with them; the program is refused
     */
    default void check(FunctionArgs args) {}

    /**
     * Makes a new value of the one at the hook point. It is called once for each visit and step
     * that the intervention acts in, with the positions of one invocation.
     *
     * @return what those positions get, of the value's shape or broadcastable to it; {@link
     *     FunctionCall#result} makes one
     * @throws Exception when there is none; the event fails and those beside it go on
     */
    Literal apply(FunctionCall call) throws Exception;
}
