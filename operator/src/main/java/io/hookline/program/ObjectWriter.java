/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.core.JsonGenerator;
import io.hookline.schema.ElementType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Writes fields of JSON objects; what is empty is left out. */
record ObjectWriter(JsonGenerator json) {
    void text(String field, String text) throws IOException {
        json.writeStringField(field, text);
    }

    void text(String field, Optional<String> text) throws IOException {
        if (text.isPresent()) {
            json.writeStringField(field, text.get());
        }
    }

    void number(String field, double number, double absent) throws IOException {
        if (number != absent) {
            json.writeNumberField(field, number);
        }
    }

    void number(String field, OptionalDouble number) throws IOException {
        if (number.isPresent()) {
            json.writeNumberField(field, number.getAsDouble());
        }
    }

    void flag(String field, boolean flag, boolean absent) throws IOException {
        if (flag != absent) {
            json.writeBooleanField(field, flag);
        }
    }

    void names(String field, List<String> names) throws IOException {
        if (!names.isEmpty()) {
            list(field, names);
        }
    }

    void list(String field, List<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    /** A map by the order of its keys. */
    void texts(String field, Map<String, String> texts) throws IOException {
        if (!texts.isEmpty()) {
            json.writeObjectFieldStart(field);
            for (Map.Entry<String, String> each : new TreeMap<>(texts).entrySet()) {
                json.writeStringField(each.getKey(), each.getValue());
            }
            json.writeEndObject();
        }
    }

    void integers(String field, List<Integer> integers) throws IOException {
        json.writeArrayFieldStart(field);
        for (int integer : integers) {
            json.writeNumber(integer);
        }
        json.writeEndArray();
    }

    void steps(StepSelector steps, StepSelector absent) throws IOException {
        if (steps.equals(absent)) {
            return;
        }
        if (steps instanceof StepSelector.Listed listed) {
            integers("steps", listed.steps());
        } else if (steps instanceof StepSelector.At at) {
            json.writeNumberField("steps", at.step());
        } else if (steps instanceof StepSelector.Range range) {
            range("steps", range.from(), range.to());
        } else {
            text("steps", "all");
        }
    }

    void tokens(TokenSelector tokens) throws IOException {
        if (tokens instanceof TokenSelector.Listed listed) {
            integers("tokens", listed.positions());
        } else if (tokens instanceof TokenSelector.Range range) {
            range("tokens", range.from(), range.to());
        } else if (tokens instanceof TokenSelector.Last) {
            text("tokens", "last");
        } else if (tokens instanceof TokenSelector.First) {
            text("tokens", "first");
        } else if (tokens instanceof TokenSelector.Generated) {
            text("tokens", "generated");
        }
    }

    void units(UnitSelector units) throws IOException {
        if (units instanceof UnitSelector.Listed listed) {
            integers("units", listed.units());
        } else if (units instanceof UnitSelector.Range range) {
            range("units", range.from(), range.to());
        }
    }

    private void range(String field, OptionalInt from, OptionalInt to) throws IOException {
        text(field, bound(from) + ":" + bound(to));
    }

    private static String bound(OptionalInt bound) {
        return bound.isPresent() ? Integer.toString(bound.getAsInt()) : "";
    }

    void tensor(String field, TensorValue tensor) throws IOException {
        json.writeFieldName(field);
        if (tensor instanceof TensorValue.Literal literal) {
            literal(literal);
        } else if (tensor instanceof TensorValue.Ref ref) {
            json.writeStartObject();
            text("ref", ref.name());
            json.writeEndObject();
        }
    }

    private void literal(TensorValue.Literal tensor) throws IOException {
        if (tensor.shape().length == 0 && tensor.dtype() == ElementType.FLOAT32) {
            json.writeNumber(tensor.values()[0]);
            return;
        }
        json.writeStartObject();
        text("dtype", tensor.dtype().wireName());
        json.writeFieldName("shape");
        json.writeArray(tensor.shape(), 0, tensor.shape().length);
        json.writeBinaryField("data", Packed.of(tensor).bytes());
        json.writeEndObject();
    }
}
