/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.schema.RepositoryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaGoldenTest {
    private static final String REFRESH =
            "mvn -pl schemas test -Dtest=SchemaGoldenTest -Dhookline.refresh=true";

    static Stream<Schema> schemas() {
        return PublishedSchemas.newest().stream();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void goldenRecord_readsAsTheSameRecord(Schema schema) throws Exception {
        int newest = PublishedSchemas.versions(schema.getName());
        if (Boolean.getBoolean(RepositoryFiles.REFRESH)) {
            Path golden = golden(schema, newest);
            Files.createDirectories(golden.getParent());
            Files.write(golden, AvroFraming.singleObject().encode(SampleRecords.of(schema, 0)));
        }
        for (int version = 1; version <= newest; version++) {
            byte[] golden = Files.readAllBytes(golden(schema, version));
            assertThat(AvroFraming.singleObject().decode(golden, type(schema)))
                    .as(
                            "records of version %d in old topics can no longer be read; undo the"
                                    + " change or, before the first release only, run %s",
                            version, REFRESH)
                    .isEqualTo(sample(schema, version));
        }
    }

    /** The sample as that version could say it: what came later has its default. */
    private static SpecificRecord sample(Schema schema, int version) {
        SpecificRecord sample = SampleRecords.of(schema, 0);
        Schema published = PublishedSchemas.published(schema.getName(), version);
        for (Schema.Field field : schema.getFields()) {
            if (published.getField(field.name()) == null) {
                sample.put(field.pos(), SpecificData.get().getDefaultValue(field));
            }
        }
        return sample;
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void goldenRecord_isWhatIsWritten(Schema schema) throws IOException {
        int newest = PublishedSchemas.versions(schema.getName());
        assertThat(AvroFraming.singleObject().encode(SampleRecords.of(schema, 0)))
                .isEqualTo(Files.readAllBytes(golden(schema, newest)));
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void everyVersion_isInTheJar(Schema schema) {
        int newest = PublishedSchemas.versions(schema.getName());
        for (int version = 1; version <= newest; version++) {
            Schema published = PublishedSchemas.published(schema.getName(), version);
            long fingerprint = SchemaNormalization.parsingFingerprint64(published);
            assertThat(PublishedSchemas.all().findByFingerprint(fingerprint)).isNotNull();
        }
        assertThat(PublishedSchemas.published(schema.getName(), newest).toString())
                .as("version %d is not what the class has", newest)
                .isEqualTo(plain(schema));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void fingerprints_areThoseOfTheVersion(int version) {
        String fingerprints =
                schemas()
                        .map(Schema::getName)
                        .filter(name -> PublishedSchemas.versions(name) >= version)
                        .map(
                                name ->
                                        "%s %016x\n"
                                                .formatted(
                                                        name,
                                                        SchemaNormalization.parsingFingerprint64(
                                                                PublishedSchemas.published(
                                                                        name, version))))
                        .sorted()
                        .collect(joining());
        RepositoryFiles.check(
                RepositoryFiles.GOLDEN.resolve("fingerprints-v%d.txt".formatted(version)),
                fingerprints.getBytes(UTF_8),
                "a published schema changed: once it is released, give the change a new version"
                        + " (docs/schemas/README.md says how); before the first release run "
                        + REFRESH);
    }

    /** As published, without the mark that makes strings Java strings. */
    private static String plain(Schema schema) {
        return schema.toString()
                .replaceAll("\\{\"type\":\"string\",\"avro.java.string\":\"String\"}", "\"string\"")
                .replace(",\"avro.java.string\":\"String\"", "");
    }

    private static Path golden(Schema schema, int version) {
        return RepositoryFiles.GOLDEN.resolve("%s-v%d.bin".formatted(schema.getName(), version));
    }

    private static Class<? extends SpecificRecord> type(Schema schema) {
        return RecordModel.INSTANCE.recordClass(schema);
    }
}
