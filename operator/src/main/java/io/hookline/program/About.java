/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Who asks and about what: the fields of an event that describe it and do not change what runs.
 *
 * @param headers strings carried through to every output
 */
public record About(
        Optional<String> id,
        Optional<String> model,
        Optional<String> tenant,
        Optional<String> session,
        Optional<Instant> time,
        Map<String, String> headers) {
    public About {
        headers = Map.copyOf(headers);
    }

    /** A description that says nothing. */
    public static About nothing() {
        return new About(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }
}
