/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.budget;

import org.apache.avro.specific.SpecificRecord;

/** Copies of records that share their values; a builder would copy these, too. */
final class Copies {
    private Copies() {}

    /** The second record with the values of the first. */
    static <T extends SpecificRecord> T of(T record, T into) {
        record.getSchema()
                .getFields()
                .forEach(field -> into.put(field.pos(), record.get(field.pos())));
        return into;
    }
}
