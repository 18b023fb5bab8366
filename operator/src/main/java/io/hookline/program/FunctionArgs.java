/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The arguments that a program gives a function, by name. What reads one throws an {@link
 * IllegalArgumentException} when it is missing or of another kind.
 *
 * @param json the JSON text of each
 */
public record FunctionArgs(Map<String, String> json) {
    /** No arguments. */
    public static final FunctionArgs NONE = new FunctionArgs(Map.of());

    private static final ObjectMapper MAPPER = new ObjectMapper();

    public FunctionArgs {
        json = Map.copyOf(json);
    }

    /** Whether there is an argument of that name. */
    public boolean has(String name) {
        return json.containsKey(name);
    }

    /** A number. */
    public double number(String name) {
        return read(name, "a number", JsonNode::isNumber, JsonNode::doubleValue);
    }

    /** A whole number. */
    public int integer(String name) {
        return read(
                name, "a whole number", JsonNode::canConvertToExactIntegral, JsonNode::intValue);
    }

    /** A text. */
    public String text(String name) {
        return read(name, "a text", JsonNode::isTextual, JsonNode::textValue);
    }

    /** A truth value. */
    public boolean flag(String name) {
        return read(name, "true or false", JsonNode::isBoolean, JsonNode::booleanValue);
    }

    /** A list of numbers. */
    public float[] numbers(String name) {
        return read(name, "a list of numbers", FunctionArgs::areNumbers, FunctionArgs::floats);
    }

    private <T> T read(
            String name, String kind, Predicate<JsonNode> isOfKind, Function<JsonNode, T> as) {
        String text = json.get(name);
        if (text == null) {
            throw new IllegalArgumentException(
                    "argument '%s' is missing%s"
                            .formatted(
                                    name,
                                    NearestName.of(name, json.keySet())
                                            .map(", did you mean it by '%s'?"::formatted)
                                            .orElse("")));
        }
        JsonNode node = node(text);
        if (!isOfKind.test(node)) {
            throw new IllegalArgumentException(
                    "argument '%s' must be %s, got %s".formatted(name, kind, text));
        }
        return as.apply(node);
    }

    private static JsonNode node(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("an argument is no JSON: " + text, e);
        }
    }

    private static boolean areNumbers(JsonNode node) {
        boolean numbers = node.isArray();
        for (JsonNode each : node) {
            numbers &= each.isNumber();
        }
        return numbers;
    }

    private static float[] floats(JsonNode node) {
        float[] values = new float[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = node.get(i).floatValue();
        }
        return values;
    }
}
