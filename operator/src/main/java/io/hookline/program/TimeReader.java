/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Reads points in time: ISO-8601 with an offset, or milliseconds since 1970. */
final class TimeReader {
    /** Years of four digits: beyond them ISO-8601 needs an agreement. */
    private static final Instant FIRST =
            OffsetDateTime.of(0, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC).toInstant();

    private static final Instant END =
            OffsetDateTime.of(9999, 12, 31, 0, 0, 0, 0, ZoneOffset.UTC).toInstant();

    private TimeReader() {}

    static Instant read(Value value) {
        Instant time;
        if (value.node().isIntegralNumber() && value.node().canConvertToLong()) {
            time = Instant.ofEpochMilli(value.node().longValue());
        } else if (value.node().isTextual()) {
            time = parsed(value.node().textValue());
        } else {
            time = Instant.MAX;
        }
        if (time.isBefore(FIRST) || time.isAfter(END)) {
            value.refuseFor("ISO-8601 time with an offset, or milliseconds since 1970");
            return Instant.EPOCH;
        }
        return time;
    }

    /** The time, or the end of all times when it is none. */
    private static Instant parsed(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return Instant.MAX;
        }
    }
}
