/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

/** How the bytes of an event or of a control event are written. */
public enum EventFormat {
    /** The document of the program reference, UTF-8. */
    JSON,
    /** The same fields as Avro, in single-object encoding or in Confluent framing. */
    AVRO
}
