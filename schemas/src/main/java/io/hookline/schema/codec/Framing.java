/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static java.util.Objects.requireNonNull;

import org.apache.avro.Schema;

/** How the bytes of a record say which schema they were written with. */
public interface Framing {
    /** Avro's single-object encoding over all published schemas. */
    static Framing singleObject() {
        return new SingleObjectFraming(PublishedSchemas.all());
    }

    /**
     * The bytes that stand before a record of that schema.
     *
     * @throws java.io.UncheckedIOException when they have to be asked for and nobody answers
     */
    byte[] header(Schema writer);

    /**
     * Finds out the writer's schema.
     *
     * @throws SchemaException when the bytes have no such header or name no known schema
     */
    Body open(byte[] bytes) throws SchemaException;

    /**
     * A record behind its header.
     *
     * @param writer the schema it was written with
     * @param start index of the record's first byte
     */
    record Body(Schema writer, int start) {
        public Body {
            requireNonNull(writer, "writer");
        }
    }
}
