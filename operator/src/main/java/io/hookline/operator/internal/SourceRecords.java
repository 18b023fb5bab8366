/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.schema.SourcePosition;
import io.hookline.schema.SourceRecord;

/** Source positions as records carry them. */
final class SourceRecords {
    private SourceRecords() {}

    static SourceRecord of(SourcePosition position) {
        return new SourceRecord(position.topic(), position.partition(), position.offset());
    }
}
