/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Alert;
import io.hookline.schema.ControlEvent;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.ModelDescriptor;
import io.hookline.schema.PromptEvent;
import io.hookline.schema.ReportedProblem;
import io.hookline.schema.Signal;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.TensorPayload;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.SchemaStore;
import org.jspecify.annotations.Nullable;

/** Every version of every schema that was ever published, by its CRC-64-AVRO fingerprint. */
public final class PublishedSchemas implements SchemaStore {
    private static final List<Schema> NEWEST =
            List.of(
                    TensorPayload.getClassSchema(),
                    SourceRecord.getClassSchema(),
                    ReportedProblem.getClassSchema(),
                    PromptEvent.getClassSchema(),
                    ControlEvent.getClassSchema(),
                    InvocationResult.getClassSchema(),
                    ActivationRecord.getClassSchema(),
                    Signal.getClassSchema(),
                    Alert.getClassSchema(),
                    ModelDescriptor.getClassSchema(),
                    DeadLetter.getClassSchema());

    /** The number of published versions of each schema that has more than the first. */
    private static final Map<String, Integer> VERSIONS =
            Map.of("ActivationRecord", 2, "DeadLetter", 2);

    private static final PublishedSchemas PUBLISHED =
            new PublishedSchemas(Stream.concat(older(), NEWEST.stream()).toList());

    private final Map<Long, Schema> byFingerprint;

    /** A store of these schemas; of equal ones the last counts. */
    PublishedSchemas(List<Schema> schemas) {
        byFingerprint =
                schemas.stream()
                        .collect(
                                toUnmodifiableMap(
                                        SchemaNormalization::parsingFingerprint64,
                                        Function.identity(),
                                        (earlier, later) -> later));
    }

    /** The store of all published versions. */
    public static PublishedSchemas all() {
        return PUBLISHED;
    }

    /** The newest version of each schema; what stands in another one comes before it. */
    public static List<Schema> newest() {
        return NEWEST;
    }

    /** How many versions of the schema of that simple name are published. */
    public static int versions(String name) {
        return VERSIONS.getOrDefault(name, 1);
    }

    /** The schema of that fingerprint, or null when none was published. */
    @Override
    public @Nullable Schema findByFingerprint(long fingerprint) {
        return byFingerprint.get(fingerprint);
    }

    private static Stream<Schema> older() {
        return NEWEST.stream()
                .map(Schema::getName)
                .flatMap(
                        name ->
                                IntStream.range(1, versions(name))
                                        .mapToObj(version -> published(name, version)));
    }

    /** The schema of that simple name as it was published. */
    static Schema published(String name, int version) {
        String path = "/io/hookline/schema/published/v%d/%s.avsc".formatted(version, name);
        try (InputStream in = PublishedSchemas.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("no schema '%s' in the jar".formatted(path));
            }
            return new Schema.Parser().parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
