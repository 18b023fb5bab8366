/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.hookline.model.OnnxTypes;
import io.hookline.schema.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Collects the nodes, constants and inputs that are added to a graph, under names of their own. */
final class GraphEditor {
    private static final String PREFIX = "hl/";

    private final List<NodeProto> nodes = new ArrayList<>();
    private final List<TensorProto> constants = new ArrayList<>();
    private final List<ValueInfoProto> inputs = new ArrayList<>();
    private final int opset;
    private int next;

    GraphEditor(int opset) {
        this.opset = opset;
    }

    /** Whether one of these nodes makes the tensor. */
    boolean makes(String tensor) {
        return nodes.stream().anyMatch(node -> node.getOutputList().contains(tensor));
    }

    List<NodeProto> nodes() {
        return nodes;
    }

    List<TensorProto> constants() {
        return constants;
    }

    List<ValueInfoProto> inputs() {
        return inputs;
    }

    int opset() {
        return opset;
    }

    /** Declares a graph input of any shape and returns its name. */
    String input(String name, ElementType dtype) {
        inputs.add(
                ValueInfoProto.newBuilder()
                        .setName(name)
                        .setType(OnnxTypes.tensorOfAnyShape(dtype))
                        .build());
        return name;
    }

    /** Adds a node as it is. */
    void add(NodeProto node) {
        nodes.add(node);
    }

    /** Adds a node with one output and returns the output's name. */
    String node(String op, List<String> reads, AttributeProto... attributes) {
        return node(
                PREFIX + op.toLowerCase(java.util.Locale.ROOT) + "/" + next++,
                op,
                reads,
                attributes);
    }

    /** Adds a node whose output has a given name. */
    String node(String output, String op, List<String> reads, AttributeProto... attributes) {
        nodes.add(
                NodeProto.newBuilder()
                        .setName(output)
                        .setOpType(op)
                        .addAllInput(reads)
                        .addOutput(output)
                        .addAllAttribute(List.of(attributes))
                        .build());
        return output;
    }

    /** Adds a node with several outputs and returns their names. */
    List<String> nodes(String op, List<String> reads, int outputs) {
        String name = PREFIX + op.toLowerCase(java.util.Locale.ROOT) + "/" + next++;
        List<String> names =
                java.util.stream.IntStream.range(0, outputs).mapToObj(i -> name + "/" + i).toList();
        nodes.add(
                NodeProto.newBuilder()
                        .setName(name)
                        .setOpType(op)
                        .addAllInput(reads)
                        .addAllOutput(names)
                        .build());
        return names;
    }

    /** A constant vector of integers. */
    String integers(long... values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        String name = PREFIX + "constant/" + next++;
        constants.add(
                TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(TensorProto.DataType.INT64.getNumber())
                        .addDims(values.length)
                        .setRawData(ByteString.copyFrom(bytes.array()))
                        .build());
        return name;
    }

    /** Reduces one axis and keeps it with length 1, in whichever form the operator set has. */
    String reduce(String op, String value, int axis, boolean keep) {
        AttributeProto kept = integer("keepdims", keep ? 1 : 0);
        int sinceInput = op.equals("ReduceSum") ? 13 : 18;
        return opset >= sinceInput
                ? node(op, List.of(value, integers(axis)), kept)
                : node(op, List.of(value), integerList("axes", axis), kept);
    }

    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto integerList(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder()
                        .setName(name)
                        .setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }
}
