/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.databind.JsonNode;
import io.hookline.schema.ErrorCode;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads which steps, positions and units are meant. */
final class SelectorReader {
    private static final Pattern RANGE = Pattern.compile("(-?\\d{1,9})?:(-?\\d{1,9})?");
    private static final Map<String, TokenSelector> TOKENS =
            Map.of(
                    "all", new TokenSelector.All(),
                    "last", new TokenSelector.Last(),
                    "first", new TokenSelector.First(),
                    "generated", new TokenSelector.Generated());

    private SelectorReader() {}

    static StepSelector steps(Value value) {
        JsonNode node = value.node();
        if (node.isArray()) {
            return new StepSelector.Listed(
                    value.items().stream().map(SelectorReader::step).toList());
        }
        if (node.isNumber()) {
            return new StepSelector.At(step(value));
        }
        if (node.isTextual() && node.textValue().equals("all")) {
            return new StepSelector.All();
        }
        StepSelector range = range(node, StepSelector.Range::new);
        return range != null
                ? range
                : refused(value, new StepSelector.At(0), "a step, a list, 'all' or a range");
    }

    /** A step is counted from 0; there is none before. */
    static int step(Value value) {
        if (value.isInteger() && value.node().intValue() < 0) {
            value.refuse(
                    ErrorCode.STEP_OUT_OF_RANGE,
                    "steps count from 0, got %d".formatted(value.node().intValue()));
            return 0;
        }
        return value.integer(0);
    }

    static TokenSelector tokens(Value value) {
        JsonNode node = value.node();
        if (node.isArray()) {
            return new TokenSelector.Listed(value.integers(Integer.MIN_VALUE));
        }
        TokenSelector named = node.isTextual() ? TOKENS.get(node.textValue()) : null;
        TokenSelector selector = named != null ? named : range(node, TokenSelector.Range::new);
        return selector != null
                ? selector
                : refused(
                        value,
                        new TokenSelector.All(),
                        "a list of positions, 'all', 'last', 'first', 'generated' or a range");
    }

    static UnitSelector units(Value value) {
        JsonNode node = value.node();
        if (node.isArray()) {
            return new UnitSelector.Listed(value.integers(Integer.MIN_VALUE));
        }
        if (node.isTextual() && node.textValue().equals("all")) {
            return new UnitSelector.All();
        }
        UnitSelector range = range(node, UnitSelector.Range::new);
        return range != null
                ? range
                : refused(value, new UnitSelector.All(), "a list of units, 'all' or a range");
    }

    private static <T> @Nullable T range(
            JsonNode node, BiFunction<OptionalInt, OptionalInt, T> range) {
        if (!node.isTextual() || node.textValue().indexOf(':') < 0) {
            return null;
        }
        Matcher matcher = RANGE.matcher(node.textValue());
        return matcher.matches() ? range.apply(bound(matcher, 1), bound(matcher, 2)) : null;
    }

    private static OptionalInt bound(Matcher matcher, int group) {
        String digits = matcher.group(group);
        return digits == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(digits));
    }

    private static <T> T refused(Value value, T placeholder, String must) {
        value.refuseFor(must + " such as '2:5'");
        return placeholder;
    }
}
