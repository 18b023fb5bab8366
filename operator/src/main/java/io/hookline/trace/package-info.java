/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * nnsight's tracer in Java: blocks of code that read and change a model's values while it runs. A
 * {@link io.hookline.trace.LanguageModel} runs traces; a {@link io.hookline.trace.Mediator} is one
 * block while it runs; an {@link io.hookline.trace.Envoy} is a module of the model.
 */
@NullMarked
package io.hookline.trace;

import org.jspecify.annotations.NullMarked;
