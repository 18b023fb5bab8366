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
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaGoldenTest {
    private static final String REFRESH =
            "mvn -pl schemas test -Dtest=SchemaGoldenTest -Dhookline.refresh=true";

    static Stream<Schema> schemas() {
        return PublishedSchemas.newest().stream();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void goldenRecord_readsAsTheSameRecord(Schema schema) throws Exception {
        SpecificRecord sample = SampleRecords.of(schema, 0);
        Path golden = golden(schema);
        if (Boolean.getBoolean(RepositoryFiles.REFRESH)) {
            Files.createDirectories(golden.getParent());
            Files.write(golden, AvroFraming.singleObject().encode(sample));
        }
        assertThat(AvroFraming.singleObject().decode(Files.readAllBytes(golden), type(schema)))
                .as(
                        "records of version 1 in old topics can no longer be read; undo the change"
                                + " or, before the first release only, run %s",
                        REFRESH)
                .isEqualTo(sample);
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void goldenRecord_isWhatIsWritten(Schema schema) throws IOException {
        assertThat(AvroFraming.singleObject().encode(SampleRecords.of(schema, 0)))
                .isEqualTo(Files.readAllBytes(golden(schema)));
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

    @Test
    void fingerprints_areThoseOfVersion1() {
        String fingerprints =
                schemas()
                        .map(
                                schema ->
                                        "%s %016x\n"
                                                .formatted(
                                                        schema.getName(),
                                                        SchemaNormalization.parsingFingerprint64(
                                                                schema)))
                        .sorted()
                        .collect(joining());
        RepositoryFiles.check(
                RepositoryFiles.GOLDEN.resolve("fingerprints-v1.txt"),
                fingerprints.getBytes(UTF_8),
                "a version 1 schema changed: once it is released, give the change a version 2"
                        + " (docs/schemas/README.md says how); before the first release run "
                        + REFRESH);
    }

    /** As published, without the mark that makes strings Java strings. */
    private static String plain(Schema schema) {
        return schema.toString()
                .replaceAll("\\{\"type\":\"string\",\"avro.java.string\":\"String\"}", "\"string\"")
                .replace(",\"avro.java.string\":\"String\"", "");
    }

    private static Path golden(Schema schema) {
        return RepositoryFiles.GOLDEN.resolve(schema.getName() + "-v1.bin");
    }

    private static Class<? extends SpecificRecord> type(Schema schema) {
        return RecordModel.INSTANCE.recordClass(schema);
    }
}
