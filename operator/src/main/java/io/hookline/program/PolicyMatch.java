/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Which events a policy applies to without being named; everything that is given must hold.
 *
 * @param headers headers that the event must carry with these values
 * @param share share of events, 0 to 1, chosen by hash of the event's id
 */
public record PolicyMatch(
        Map<String, String> headers,
        Optional<String> tenant,
        Optional<String> model,
        OptionalDouble share) {
    public PolicyMatch {
        headers = Map.copyOf(headers);
        requireNonNull(tenant, "tenant");
        requireNonNull(model, "model");
        requireNonNull(share, "share");
    }

    /**
     * Whether the event is meant.
     *
     * @param about with the model's name filled in where the event left it out
     * @param id the event's id, derived from the source record where the event has none
     */
    public boolean fits(About about, String id) {
        return about.headers().entrySet().containsAll(headers.entrySet())
                && (tenant.isEmpty() || tenant.equals(about.tenant()))
                && (model.isEmpty() || model.equals(about.model()))
                && (share.isEmpty() || EventHash.selects(id, share.getAsDouble()));
    }
}
