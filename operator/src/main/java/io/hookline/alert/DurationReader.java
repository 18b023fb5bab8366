/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import io.hookline.program.Value;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads spans of time: {@code "90s"}, {@code "1h30m"}, or milliseconds. */
final class DurationReader {
    private static final Pattern PART = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Pattern WHOLE = Pattern.compile("(" + PART.pattern() + ")+");
    private static final Map<String, Duration> UNITS =
            Map.of(
                    "ms", Duration.ofMillis(1),
                    "s", Duration.ofSeconds(1),
                    "m", Duration.ofMinutes(1),
                    "h", Duration.ofHours(1),
                    "d", Duration.ofDays(1));

    /** Nobody waits longer. */
    private static final Duration MOST = Duration.ofDays(3660);

    private DurationReader() {}

    /** The milliseconds, or the least after it was reported that they are none. */
    static long millis(Value value, long least) {
        Duration span = Duration.ofMillis(-1);
        if (value.node().isIntegralNumber() && value.node().canConvertToLong()) {
            span = Duration.ofMillis(value.node().longValue());
        } else if (value.node().isTextual() && WHOLE.matcher(value.node().textValue()).matches()) {
            span = sum(value.node().textValue());
        }
        if (span.toMillis() < least || span.compareTo(MOST) > 0) {
            value.refuseFor(
                    "a span of time of at least %d ms such as '90s', '5m' or '1h30m', or milliseconds"
                            .formatted(least));
            return least;
        }
        return span.toMillis();
    }

    private static Duration sum(String text) {
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            Duration unit = UNITS.getOrDefault(part.group(2), Duration.ZERO);
            sum = sum.plus(unit.multipliedBy(Long.parseLong(part.group(1))));
        }
        return sum;
    }
}
