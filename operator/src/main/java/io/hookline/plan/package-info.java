/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * What will run: a program checked against a module tree becomes rows of edits and captures at
 * sites of the graph. Structure, which keys a compiled plan, is kept apart from feeds, which are
 * values.
 */
@NullMarked
package io.hookline.plan;

import org.jspecify.annotations.NullMarked;
