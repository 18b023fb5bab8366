/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.batch;

/** What must be equal for traces to share a batch. */
public record BatchKey(String model, int lengthClass) {
    private static final int ANY = -1;

    /** Of a model whose batches may be padded. */
    public static BatchKey anyLength(String model) {
        return new BatchKey(model, ANY);
    }

    /** Whether lengths may differ, so that padding has to be kept small. */
    boolean isPadded() {
        return lengthClass == ANY;
    }
}
