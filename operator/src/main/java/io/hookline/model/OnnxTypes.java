/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
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

    /** ONNX's number of an element type. */
    public static int number(ElementType dtype) {
        return onnx(dtype).getNumber();
    }

    /** The type of a tensor whose shape is left open. */
    public static TypeProto tensorOfAnyShape(ElementType dtype) {
        return TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(number(dtype)))
                .build();
    }

    private static DataType onnx(ElementType dtype) {
        return switch (dtype) {
            case FLOAT32 -> DataType.FLOAT;
            case FLOAT16 -> DataType.FLOAT16;
            case BFLOAT16 -> DataType.BFLOAT16;
            case FLOAT64 -> DataType.DOUBLE;
            case INT8 -> DataType.INT8;
            case UINT8 -> DataType.UINT8;
            case INT32 -> DataType.INT32;
            case INT64 -> DataType.INT64;
            case BOOL -> DataType.BOOL;
        };
    }
}
