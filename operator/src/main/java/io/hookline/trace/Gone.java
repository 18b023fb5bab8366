/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.schema.ErrorCode;

/** The origin of tensors whose trace is over and that were not saved. */
enum Gone implements Tensor.Origin {
    INSTANCE;

    @Override
    public void await(Tensor tensor) {
        throw new TraceException(
                ErrorCode.OUT_OF_ORDER,
                "this value was not saved and is gone with its trace: call save() on it in the block");
    }

    @Override
    public void write(Tensor tensor, Selector where, Tensor value) {
        await(tensor);
    }
}
