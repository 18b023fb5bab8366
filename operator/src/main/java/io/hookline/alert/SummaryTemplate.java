/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A sentence with placeholders such as <code>{module}</code>. */
public record SummaryTemplate(String text) {
    /** What can stand between braces. */
    static final List<String> NAMES =
            List.of(
                    "rule",
                    "module",
                    "signal",
                    "value",
                    "threshold",
                    "key",
                    "event",
                    "tenant",
                    "session",
                    "model",
                    "severity",
                    "detector");

    /** What a rule without one says. */
    static final SummaryTemplate DEFAULT =
            new SummaryTemplate("{rule}: {signal} at {module} is {value}, limit {threshold}");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");

    public SummaryTemplate {
        requireNonNull(text, "text");
    }

    /** The first placeholder that has no known name. */
    Optional<String> unknown() {
        return PLACEHOLDER
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .filter(name -> !NAMES.contains(name))
                .findFirst();
    }

    /** The sentence with these values; what is missing is left out. */
    String filled(Map<String, String> values) {
        return PLACEHOLDER
                .matcher(text)
                .replaceAll(
                        match -> Matcher.quoteReplacement(values.getOrDefault(match.group(1), "")));
    }
}
