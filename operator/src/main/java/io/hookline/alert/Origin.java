/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import io.hookline.program.About;
import io.hookline.program.PolicyMatch;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Header;
import io.hookline.schema.Signal;
import io.hookline.schema.SourcePosition;
import io.hookline.schema.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The event that a record came of, and the model that made it.
 *
 * @param model name of the model
 * @param digest SHA-256 of the model file
 * @param headers of the Kafka record; of the same name the last
 */
public record Origin(
        String eventId,
        SourcePosition source,
        String model,
        Optional<String> modelVersion,
        String digest,
        Optional<String> tenant,
        Optional<String> session,
        Map<String, String> headers) {
    public Origin {
        requireNonNull(eventId, "eventId");
        requireNonNull(source, "source");
        requireNonNull(model, "model");
        requireNonNull(modelVersion, "modelVersion");
        requireNonNull(digest, "digest");
        requireNonNull(tenant, "tenant");
        requireNonNull(session, "session");
        headers = Map.copyOf(headers);
    }

    /** Where a signal came from. */
    public static Origin of(Signal signal, List<Header> headers) {
        return new Origin(
                signal.getEventId(),
                position(signal.getSource()),
                signal.getModel(),
                signal.getModelVersion(),
                signal.getModelDigest(),
                signal.getTenant(),
                signal.getSession(),
                texts(headers));
    }

    /** Where an activation record came from. */
    public static Origin of(ActivationRecord record, List<Header> headers) {
        return new Origin(
                record.getEventId(),
                position(record.getSource()),
                record.getModel(),
                record.getModelVersion(),
                record.getModelDigest(),
                record.getTenant(),
                record.getSession(),
                texts(headers));
    }

    /** Whether the event is one that the match means. */
    public boolean fits(PolicyMatch match) {
        return match.fits(
                new About(
                        Optional.of(eventId),
                        Optional.of(model),
                        tenant,
                        session,
                        Optional.empty(),
                        headers),
                eventId);
    }

    private static SourcePosition position(SourceRecord source) {
        return new SourcePosition(source.getTopic(), source.getPartition(), source.getOffset());
    }

    private static Map<String, String> texts(List<Header> headers) {
        Map<String, String> texts = new HashMap<>();
        headers.forEach(
                header ->
                        texts.put(
                                header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return texts;
    }
}
