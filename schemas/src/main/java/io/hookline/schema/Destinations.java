/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;

/** Makes destinations ready, so that no sender waits when its first envelope leaves. */
@FunctionalInterface
public interface Destinations {
    /** Destinations that always are ready. */
    Destinations READY = destinations -> CompletableFuture.completedFuture(null);

    /**
     * Completes when everything that is sent to those destinations arrives; with a {@link
     * DestinationUnavailableException} when that will never be so. Never waits itself.
     */
    CompletableFuture<Void> prepare(Collection<? extends Destination> destinations);
}
