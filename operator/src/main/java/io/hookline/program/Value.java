/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.databind.JsonNode;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One value of a document and where it stands. Reading it as something that it is not reports a
 * problem and gives a placeholder, so that the rest of the document is read as well.
 */
public final class Value {
    private final JsonNode node;
    private final @Nullable Value parent;
    private final String member;
    private final Problems problems;

    private Value(JsonNode node, @Nullable Value parent, String member, Problems problems) {
        this.node = node;
        this.parent = parent;
        this.member = member;
        this.problems = problems;
    }

    static Value root(JsonNode document, Problems problems) {
        return new Value(document, null, "", problems);
    }

    Value member(String name, JsonNode value) {
        return new Value(value, this, name, problems);
    }

    Value item(int index) {
        return member(Integer.toString(index), node.get(index));
    }

    /** The value itself. */
    public JsonNode node() {
        return node;
    }

    Problems problems() {
        return problems;
    }

    String pointer() {
        return parent == null ? "" : Pointers.of(parent.pointer(), member);
    }

    /** Reports that something is wrong with the value. */
    public void refuse(ErrorCode code, String message) {
        problems.add(code, pointer(), message);
    }

    /** Reports that something is wrong with the value. */
    public void refuse(String message) {
        refuse(ErrorCode.MALFORMED_EVENT, message);
    }

    /** Reports that the value is not what it must be. */
    public void refuseFor(String must) {
        if (problems.isFull()) {
            problems.addUnnamed();
        } else {
            refuse("%s must be %s, got %s".formatted(label(), must, Values.shown(node)));
        }
    }

    /** Whether something is wrong with the value or inside of it. */
    public boolean isRefused() {
        return problems.within(pointer());
    }

    /** What messages call the value: its field, and its index in a list. */
    public String label() {
        if (parent == null) {
            return "the document";
        }
        return parent.node.isArray()
                ? "item %s of %s".formatted(member, parent.label())
                : "'" + Values.shortened(member) + "'";
    }

    /** A string, empty after it was reported that there is none. */
    public String text() {
        if (!node.isTextual()) {
            refuseFor("a string");
            return "";
        }
        if (!Values.isWellFormed(node.textValue())) {
            refuse(label() + " holds half of a surrogate pair");
            return "";
        }
        return node.textValue();
    }

    /** A string that is not empty. */
    public String name() {
        String text = text();
        if (text.isEmpty() && node.isTextual() && node.textValue().isEmpty()) {
            refuse(label() + " must not be empty");
        }
        return text;
    }

    /** The value as JSON text, whatever it is. */
    String jsonText() {
        String json = node.toString();
        if (!Values.isWellFormed(json)) {
            refuse(label() + " holds half of a surrogate pair");
        }
        return json;
    }

    /** True or false. */
    public boolean flag() {
        if (!node.isBoolean()) {
            refuseFor("true or false");
        }
        return node.booleanValue();
    }

    /** An integer from {@code least} on. */
    public int integer(int least) {
        if (!isInteger() || node.intValue() < least) {
            refuseFor(
                    least == Integer.MIN_VALUE
                            ? "an integer"
                            : "an integer of at least %d".formatted(least));
            return Math.max(least, 0);
        }
        return node.intValue();
    }

    /** Whether the value is an integer of 32 bits. */
    public boolean isInteger() {
        return node.isIntegralNumber() && node.canConvertToInt();
    }

    long longInteger() {
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            refuseFor("an integer of 64 bits");
            return 0;
        }
        return node.longValue();
    }

    /** A number that float32 can hold. */
    public double number() {
        if (!node.isNumber() || !Float.isFinite(node.floatValue())) {
            refuseFor("a number that float32 can hold");
            return 0;
        }
        return node.doubleValue();
    }

    /** A number between two bounds, which belong to it. */
    public double number(double least, double most) {
        double number = number();
        if (number < least || number > most) {
            refuseFor(
                    most == Double.MAX_VALUE
                            ? "at least " + least
                            : "from %s to %s".formatted(least, most));
        }
        return number;
    }

    /** The items of a list. */
    public List<Value> items() {
        if (!node.isArray()) {
            refuseFor("a list");
            return List.of();
        }
        List<Value> items = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            items.add(item(i));
        }
        return items;
    }

    List<Integer> integers(int least) {
        return items().stream().map(item -> item.integer(least)).toList();
    }

    /** The members of an object whose names are free. */
    Map<String, Value> members() {
        if (!node.isObject()) {
            refuseFor("an object");
            return Map.of();
        }
        Map<String, Value> members = new LinkedHashMap<>();
        node.properties().forEach(each -> members.put(each.getKey(), ofFreeName(each)));
        return members;
    }

    private Value ofFreeName(Map.Entry<String, JsonNode> each) {
        Value value = member(each.getKey(), each.getValue());
        if (!Values.isWellFormed(each.getKey())) {
            value.refuse("a name holds half of a surrogate pair");
        }
        return value;
    }

    /** The members of an object, all of them strings. */
    public Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        members().forEach((name, value) -> texts.put(name, value.text()));
        return texts;
    }

    /** One of the named choices. */
    public <T> T choice(Map<String, T> choices, T placeholder) {
        T chosen = node.isTextual() ? choices.get(node.textValue()) : null;
        if (chosen == null) {
            refuse(notAChoice(choices.keySet()));
            return placeholder;
        }
        return chosen;
    }

    private String notAChoice(Iterable<String> choices) {
        List<String> names = new ArrayList<>();
        choices.forEach(names::add);
        return "%s must be one of %s, got %s%s"
                .formatted(
                        label(),
                        FieldNames.quoted(names),
                        Values.shown(node),
                        node.isTextual() ? NearestName.hint(node.textValue(), names) : "");
    }
}
