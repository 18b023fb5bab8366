/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

/**
 * Which values of one module follow each other: signals of different names, or of different values
 * of the module, are never mixed.
 *
 * @param signal name of the signal
 * @param io input, output or attention
 * @param index which of the module's inputs or outputs
 * @param stage post or pre
 */
public record Series(String signal, String io, int index, String stage) {
    public Series {
        requireNonNull(signal, "signal");
        requireNonNull(io, "io");
        requireNonNull(stage, "stage");
    }
}
