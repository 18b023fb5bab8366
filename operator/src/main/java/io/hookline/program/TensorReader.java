/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads tensors: a number, nested lists, a reference, or bytes with a type and a shape. */
final class TensorReader {
    /** Stands for a tensor that could not be read; it broadcasts to any shape. */
    static final TensorValue.Literal PLACEHOLDER = TensorValue.Literal.scalar(1);

    private static final FieldNames NAMES =
            FieldNames.of("a tensor", "ref", "dtype", "shape", "data");
    private static final FieldNames LITERAL =
            FieldNames.of("a tensor with values", "dtype", "shape", "data");
    private static final FieldNames REF = FieldNames.of("a reference to a vector", "ref");

    private TensorReader() {}

    static TensorValue read(Value value) {
        return value.node().has("ref")
                ? new TensorValue.Ref(Fields.of(value, REF).requiredName("ref"))
                : literal(value, NAMES);
    }

    /** A tensor that must have values of its own. */
    static TensorValue.Literal literal(Value value) {
        if (value.node().has("ref")) {
            value.member("ref", value.node().get("ref"))
                    .refuse("a vector needs values of its own, not a reference");
            return PLACEHOLDER;
        }
        return literal(value, LITERAL);
    }

    private static TensorValue.Literal literal(Value value, FieldNames names) {
        if (value.node().isNumber()) {
            return TensorValue.Literal.scalar((float) value.number());
        }
        if (value.node().isArray()) {
            return NestedLists.read(value);
        }
        if (value.node().isObject()) {
            return packed(Fields.of(value, names));
        }
        value.refuseFor("a number, a list of numbers, {'ref'} or {'dtype', 'shape', 'data'}");
        return PLACEHOLDER;
    }

    private static TensorValue.Literal packed(Fields fields) {
        if (Stream.of("dtype", "shape", "data").noneMatch(fields::has)) {
            fields.missing("a tensor needs 'ref', or 'dtype', 'shape' and 'data'", NAMES.names());
            return PLACEHOLDER;
        }
        ElementType dtype = fields.required("dtype").flatMap(TensorReader::dtype).orElse(null);
        int[] shape = fields.required("shape").map(TensorReader::shape).orElse(null);
        Optional<Value> data = fields.required("data");
        byte[] bytes = data.map(TensorReader::bytes).orElse(null);
        if (dtype == null || shape == null || bytes == null) {
            return PLACEHOLDER;
        }
        return decoded(data.orElseThrow(), new Packed(dtype, shape, bytes));
    }

    /** A type by its name. */
    static Optional<ElementType> dtype(Value value) {
        if (!value.node().isTextual()) {
            value.refuseFor("a string");
            return Optional.empty();
        }
        Optional<ElementType> type = ElementType.named(value.node().textValue());
        if (type.isEmpty()) {
            value.refuse(ErrorCode.DTYPE_MISMATCH, unknownDtype(value.node().textValue()));
        }
        return type;
    }

    private static String unknownDtype(String name) {
        List<String> names =
                Arrays.stream(ElementType.values()).map(ElementType::wireName).toList();
        return "no dtype '%s', allowed are %s%s"
                .formatted(
                        Values.shortened(name),
                        FieldNames.quoted(names),
                        NearestName.hint(name, names));
    }

    private static int @Nullable [] shape(Value value) {
        int before = value.problems().count();
        int[] shape = value.integers(0).stream().mapToInt(Integer::intValue).toArray();
        if (value.problems().count() > before) {
            return null;
        }
        if (shape.length > NestedLists.MOST_AXES
                || Arrays.stream(shape).anyMatch(size -> size == 0)) {
            value.refuse(
                    ErrorCode.SHAPE_MISMATCH,
                    "a tensor has at most %d axes, none of them empty, got %s"
                            .formatted(
                                    NestedLists.MOST_AXES,
                                    Values.shortened(Arrays.toString(shape))));
            return null;
        }
        return shape;
    }

    private static byte @Nullable [] bytes(Value value) {
        try {
            if (value.node().isBinary()) {
                return value.node().binaryValue();
            }
            if (!value.node().isTextual()) {
                value.refuseFor("base64 text");
                return null;
            }
            return Base64.getDecoder().decode(value.node().textValue());
        } catch (IllegalArgumentException | IOException e) {
            value.refuse("%s is no base64: %s".formatted(value.label(), e.getMessage()));
            return null;
        }
    }

    private static TensorValue.Literal decoded(Value data, Packed packed) {
        long needed = packed.neededBytes();
        if (needed != packed.bytes().length) {
            data.refuse(
                    ErrorCode.SHAPE_MISMATCH,
                    "shape %s of %s needs %s bytes, got %d"
                            .formatted(
                                    Arrays.toString(packed.shape()),
                                    packed.dtype().wireName(),
                                    needed == Long.MAX_VALUE ? "too many" : needed,
                                    packed.bytes().length));
            return PLACEHOLDER;
        }
        float[] values = packed.values();
        int wrong = firstNotFinite(values);
        if (wrong >= 0) {
            data.refuse(
                    "%s holds %s at index %d, all values must be finite in float32"
                            .formatted(data.label(), values[wrong], wrong));
            return PLACEHOLDER;
        }
        return new TensorValue.Literal(packed.dtype(), packed.shape(), values);
    }

    private static int firstNotFinite(float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                return i;
            }
        }
        return -1;
    }
}
