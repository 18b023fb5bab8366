/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

import io.hookline.schema.codec.PublishedSchemas;
import java.util.List;
import org.apache.avro.Schema;

/** The schemas as {@code src/main/avro} has them, with what they refer to written out. */
final class SchemaSources {
    private SchemaSources() {}

    static List<Schema> all() {
        var parser = new Schema.Parser();
        return PublishedSchemas.newest().stream()
                .map(
                        schema ->
                                parser.parse(
                                        RepositoryFiles.text(
                                                RepositoryFiles.MODULE
                                                        .resolve("src/main/avro")
                                                        .resolve(schema.getName() + ".avsc"))))
                .toList();
    }
}
