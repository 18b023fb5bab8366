/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs work beside the task thread, and what follows from it on the task thread. */
interface Background {
    /** Work that must not wait for batches, in the order given. */
    <T> void plan(Supplier<T> work, Consumer<T> then);

    /** Opening or releasing models, which may take long, in the order given. */
    <T> void open(Supplier<T> work, Consumer<T> then);

    /** What follows when that is done, however it ends. */
    void after(CompletableFuture<?> done, Runnable then);

    /** A batch. */
    <T> void run(Supplier<T> work, Consumer<T> then);
}
