/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.departure;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What arrives between events and says how far time has come: a watermark, a change between idle
 * and active, or both.
 */
public record TimeMark(OptionalLong watermark, Optional<Boolean> idle) {
    public static TimeMark watermark(long timestamp) {
        return new TimeMark(OptionalLong.of(timestamp), Optional.empty());
    }

    public static TimeMark status(boolean idle) {
        return new TimeMark(OptionalLong.empty(), Optional.of(idle));
    }

    /** Both marks in one when no event lies between them: what is newer holds. */
    TimeMark then(TimeMark newer) {
        return new TimeMark(
                newer.watermark.isPresent() ? newer.watermark : watermark,
                newer.idle.isPresent() ? newer.idle : idle);
    }
}
