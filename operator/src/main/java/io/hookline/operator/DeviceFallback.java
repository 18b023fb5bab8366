/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import java.util.Locale;

/** What happens when the device that was asked for is not there. */
public enum DeviceFallback {
    /** The job fails with {@code DEVICE_UNAVAILABLE}. */
    NONE,
    /** The model runs on the processor, with a warning. */
    CPU;

    /** The name in options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
