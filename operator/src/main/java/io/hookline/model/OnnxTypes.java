/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.hookline.schema.ElementType;
import java.util.Optional;

/** ONNX's numbers for element types. */
public final class OnnxTypes {
    private OnnxTypes() {}

    /** The element type of that ONNX number, empty for types that no hook point has. */
    public static Optional<ElementType> elementType(int onnx) {
        DataType type = DataType.forNumber(onnx);
        return type == null ? Optional.empty() : elementType(type);
    }

    private static Optional<ElementType> elementType(DataType type) {
        return switch (type) {
            case FLOAT -> Optional.of(ElementType.FLOAT32);
            case FLOAT16 -> Optional.of(ElementType.FLOAT16);
            case BFLOAT16 -> Optional.of(ElementType.BFLOAT16);
            case DOUBLE -> Optional.of(ElementType.FLOAT64);
            case INT8 -> Optional.of(ElementType.INT8);
            case UINT8 -> Optional.of(ElementType.UINT8);
            case INT32 -> Optional.of(ElementType.INT32);
            case INT64 -> Optional.of(ElementType.INT64);
            case BOOL -> Optional.of(ElementType.BOOL);
            default -> Optional.empty();
        };
    }
}
