/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.databind.JsonNode;
import io.hookline.schema.ErrorCode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The fields of one object. Null is the same as absent where a field is optional. */
public final class Fields {
    private final Value object;
    private final FieldNames known;

    /** What fields of unknown names were probably meant to be. */
    private final Set<String> meant;

    private Fields(Value object, FieldNames known, Set<String> meant) {
        this.object = object;
        this.known = known;
        this.meant = meant;
    }

    /** Reports what is no object and every field that has no known name. */
    public static Fields of(Value object, FieldNames known) {
        if (!object.node().isObject()) {
            object.refuseFor("an object");
            return new Fields(object, known, known.lookup());
        }
        Set<String> meant = new HashSet<>();
        object.node()
                .fieldNames()
                .forEachRemaining(name -> checkName(object, known, name, meant::add));
        return new Fields(object, known, meant);
    }

    private static void checkName(
            Value object, FieldNames known, String name, Consumer<String> meant) {
        if (known.lookup().contains(name)) {
            return;
        }
        if (object.problems().isFull()) {
            object.problems().addUnnamed();
            return;
        }
        object.member(name, object.node().get(name))
                .refuse(ErrorCode.UNKNOWN_FIELD, known.unknown(name));
        NearestName.of(name, known.names()).ifPresent(meant);
    }

    /** The object itself. */
    public Value object() {
        return object;
    }

    String owner() {
        return known.owner();
    }

    boolean has(String name) {
        return !object.node().path(name).isMissingNode();
    }

    /** The field, or empty when it is absent or null. */
    public Optional<Value> optional(String name) {
        JsonNode value = object.node().path(name);
        boolean absent = value.isMissingNode() || value.isNull();
        return absent ? Optional.empty() : Optional.of(object.member(name, value));
    }

    /** The field, or empty after its absence was reported. */
    public Optional<Value> required(String name) {
        JsonNode value = object.node().path(name);
        if (value.isMissingNode()) {
            missing("'%s' is missing in %s".formatted(name, known.owner()), List.of(name));
            return Optional.empty();
        }
        return Optional.of(object.member(name, value));
    }

    /** Reports that none of the fields is there, unless an unknown field was meant to be one. */
    public void missing(String message, List<String> names) {
        if (names.stream().noneMatch(meant::contains)) {
            object.refuse(message);
        }
    }

    String requiredName(String name) {
        return required(name).map(Value::name).orElse("");
    }

    /** The number, or 0 after its absence was reported. */
    public double requiredNumber(String name) {
        return required(name).map(Value::number).orElse(0.0);
    }

    /** The tensor, or a placeholder that fits anywhere. */
    TensorValue requiredTensor(String name) {
        return required(name).map(TensorReader::read).orElse(TensorReader.PLACEHOLDER);
    }

    boolean flag(String name, boolean absent) {
        return optional(name).map(Value::flag).orElse(absent);
    }

    StepSelector steps(StepSelector absent) {
        return optional("steps").map(SelectorReader::steps).orElse(absent);
    }

    TokenSelector tokens() {
        return optional("tokens").map(SelectorReader::tokens).orElseGet(TokenSelector.All::new);
    }

    UnitSelector units() {
        return optional("units").map(SelectorReader::units).orElseGet(UnitSelector.All::new);
    }
}
