/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import io.hookline.schema.Destinations;
import java.io.Serializable;

/** What makes destinations ready; travels to the TaskManagers with the operator. */
@FunctionalInterface
public interface DestinationsSource extends Serializable {
    /** Of outputs that take everything as it comes. */
    DestinationsSource READY = () -> Destinations.READY;

    /** The destinations, opened where they are used. */
    Destinations open();
}
