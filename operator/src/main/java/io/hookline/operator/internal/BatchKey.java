/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

/** What must be equal for traces to share a batch. */
record BatchKey(String model, int lengthClass) {}
