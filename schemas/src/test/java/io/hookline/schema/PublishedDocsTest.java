/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.schema.codec.PublishedSchemas;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PublishedDocsTest {
    private static final String ADVICE =
            "the published page is not what schemas/src/main/avro says; run"
                    + " mvn -pl schemas test -Dtest=PublishedDocsTest -Dhookline.refresh=true";

    static Stream<Schema> sources() {
        return SchemaSources.all().stream();
    }

    @ParameterizedTest
    @MethodSource("sources")
    void publishedSchema_isTheSourceWrittenOut(Schema schema) {
        RepositoryFiles.check(
                published(PublishedSchemas.versions(schema.getName()))
                        .resolve(schema.getName() + ".avsc"),
                (SchemaFormatter.format("json/pretty", schema) + "\n").getBytes(UTF_8),
                ADVICE);
    }

    @ParameterizedTest
    @MethodSource("sources")
    void fieldTable_saysWhatTheSourceSays(Schema schema) {
        RepositoryFiles.check(
                published(PublishedSchemas.versions(schema.getName()))
                        .resolve(schema.getName() + ".md"),
                FieldTable.of(schema).getBytes(UTF_8),
                ADVICE);
    }

    @ParameterizedTest
    @MethodSource("sources")
    void everyField_saysWhatItMeans(Schema schema) {
        assertThat(FieldTable.undocumented(schema)).isEmpty();
        assertThat(schema.getDoc()).isNotBlank();
    }

    @Test
    void everySource_isPublished() {
        var known = PublishedSchemas.newest().stream().map(Schema::getName).sorted().toList();
        assertThat(RepositoryFiles.names(RepositoryFiles.MODULE.resolve("src/main/avro"), ".avsc"))
                .isEqualTo(known);
        assertThat(RepositoryFiles.names(published(1), ".avsc")).isEqualTo(known);
        assertThat(RepositoryFiles.names(published(2), ".avsc"))
                .isEqualTo(
                        known.stream()
                                .filter(name -> PublishedSchemas.versions(name) >= 2)
                                .toList());
    }

    private static Path published(int version) {
        return RepositoryFiles.DOCS.resolve("schemas/v" + version);
    }

    @Test
    void readme_linksEverySchema() {
        String readme = RepositoryFiles.text(RepositoryFiles.DOCS.resolve("schemas/README.md"));
        assertThat(PublishedSchemas.newest())
                .allSatisfy(
                        schema -> {
                            String newest =
                                    "(v%d/%s"
                                            .formatted(
                                                    PublishedSchemas.versions(schema.getName()),
                                                    schema.getName());
                            assertThat(readme).contains(newest + ".md)", newest + ".avsc)");
                        });
    }
}
