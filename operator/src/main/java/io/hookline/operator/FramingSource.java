/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import io.hookline.schema.codec.AvroFraming;
import java.io.Serializable;

/** How Avro records are framed; travels to the TaskManagers with the operator. */
@FunctionalInterface
public interface FramingSource extends Serializable {
    /** Avro's single-object encoding, which needs nobody to ask. */
    FramingSource SINGLE_OBJECT = AvroFraming::singleObject;

    /** The framing, opened where it is used. */
    AvroFraming open();
}
