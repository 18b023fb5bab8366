/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Single numbers in a graph, and the arithmetic with them that changes nothing. */
final class IdleNumbers {
    private static final int HALF_ONE = 0x3C00;

    private final Map<String, Float> numbers = new HashMap<>();

    IdleNumbers(GraphProto graph) {
        graph.getInitializerList().forEach(tensor -> add(tensor.getName(), tensor));
        for (NodeProto node : graph.getNodeList()) {
            if (node.getOpType().equals("Constant")) {
                node.getAttributeList().stream()
                        .filter(AttributeProto::hasT)
                        .forEach(value -> add(node.getOutput(0), value.getT()));
            }
        }
    }

    /** The operand that is also what comes out: of a product with one, of a sum with zero. */
    Optional<String> passedOn(NodeProto node) {
        return switch (node.getOpType()) {
            case "Mul" -> either(node, 1);
            case "Add" -> either(node, 0);
            case "Div" -> first(node, 1);
            case "Sub" -> first(node, 0);
            default -> Optional.empty();
        };
    }

    private Optional<String> either(NodeProto node, float idle) {
        return first(node, idle).or(() -> is(node.getInput(0), idle).map(at -> node.getInput(1)));
    }

    private Optional<String> first(NodeProto node, float idle) {
        return is(node.getInput(1), idle).map(at -> node.getInput(0));
    }

    private Optional<Float> is(String tensor, float idle) {
        return Optional.ofNullable(numbers.get(tensor)).filter(number -> number == idle);
    }

    private void add(String name, TensorProto tensor) {
        boolean single = tensor.getDimsList().stream().allMatch(length -> length == 1);
        if (single && tensor.getDimsCount() <= 1) {
            number(tensor).ifPresent(number -> numbers.put(name, number));
        }
    }

    /** The number; of half precision only one and zero, which are all that is looked for. */
    private static Optional<Float> number(TensorProto tensor) {
        ByteString raw = tensor.getRawData();
        if (tensor.getDataType() == DataType.FLOAT.getNumber()) {
            return raw.isEmpty()
                    ? tensor.getFloatDataList().stream().findFirst()
                    : Optional.of(
                            raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getFloat());
        }
        if (tensor.getDataType() != DataType.FLOAT16.getNumber()) {
            return Optional.empty();
        }
        Optional<Integer> bits =
                raw.isEmpty()
                        ? tensor.getInt32DataList().stream().findFirst()
                        : Optional.of(
                                (int)
                                        raw.asReadOnlyByteBuffer()
                                                .order(ByteOrder.LITTLE_ENDIAN)
                                                .getShort());
        return bits.filter(found -> found == HALF_ONE || found == 0)
                .map(found -> found == 0 ? 0f : 1f);
    }
}
