/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import java.util.function.Consumer;

/** Opens and releases models beside the task thread. */
record OpeningBeside(ModelOpener opener, Background background) implements JobModels.Opening {
    @Override
    public void open(ModelRequest request, Consumer<ModelOpener.Opened> then) {
        background.open(() -> opener.tryOpen(request), then);
    }

    @Override
    public void release(ServedModel model) {
        background.open(
                () -> {
                    opener.release(model);
                    return model;
                },
                released -> {});
    }
}
