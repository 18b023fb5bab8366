/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import io.hookline.model.ModelGraph;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A graph as rules of fusion look at it, and the constants that they add. */
final class FusedGraph {
    private final ModelGraph model;
    private final Map<String, TensorProto> made = new LinkedHashMap<>();

    FusedGraph(ModelGraph model) {
        this.model = model;
    }

    ModelGraph model() {
        return model;
    }

    Collection<TensorProto> made() {
        return made.values();
    }

    /** The node that makes a tensor, if it is of that kind. */
    Optional<NodeProto> maker(String tensor, String op) {
        return model.producer(tensor)
                .map(index -> model.nodes().get(index))
                .filter(node -> node.getOpType().equals(op));
    }

    /** The same when nobody else reads the tensor, so that it may go. */
    Optional<NodeProto> inner(String tensor, String op) {
        return model.consumers(tensor).size() == 1 ? unhooked(tensor, op) : Optional.empty();
    }

    /** The same when the tensor is no hook point; others may read it. */
    Optional<NodeProto> unhooked(String tensor, String op) {
        boolean hooked =
                model.outputs().contains(tensor)
                        || model.consumers(tensor).stream()
                                .map(edge -> model.nodes().get(edge.node()))
                                .anyMatch(node -> node.getOpType().equals("Identity"));
        return hooked ? Optional.empty() : maker(tensor, op);
    }

    /** A constant that is a single float32; empty when it is anything else. */
    Optional<Float> number(String tensor) {
        TensorProto constant = model.initializers().get(tensor);
        if (constant == null
                || constant.getDataType() != DataType.FLOAT.getNumber()
                || size(constant) != 1) {
            return Optional.empty();
        }
        if (constant.getFloatDataCount() == 1) {
            return Optional.of(constant.getFloatData(0));
        }
        return raw(constant).map(ByteBuffer::getFloat);
    }

    /** A constant of whole numbers; empty when it is anything else. */
    Optional<List<Long>> integers(String tensor) {
        TensorProto constant = model.initializers().get(tensor);
        if (constant == null || constant.getDataType() != DataType.INT64.getNumber()) {
            return Optional.empty();
        }
        if (constant.getInt64DataCount() > 0) {
            return Optional.of(List.copyOf(constant.getInt64DataList()));
        }
        return raw(constant)
                .map(ByteBuffer::asLongBuffer)
                .map(numbers -> numbers.limit((int) size(constant)))
                .map(FusedGraph::list);
    }

    private static List<Long> list(LongBuffer numbers) {
        Long[] all = new Long[numbers.remaining()];
        for (int i = 0; i < all.length; i++) {
            all[i] = numbers.get(i);
        }
        return List.of(all);
    }

    private static Optional<ByteBuffer> raw(TensorProto constant) {
        ByteString bytes = constant.getRawData();
        return bytes.isEmpty()
                ? Optional.empty()
                : Optional.of(bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
    }

    private static long size(TensorProto constant) {
        return constant.getDimsList().stream().reduce(1L, (a, b) -> a * b);
    }

    /** Whether a tensor is a constant vector of float32. */
    boolean isVector(String tensor) {
        TensorProto constant = model.initializers().get(tensor);
        return constant != null
                && constant.getDataType() == DataType.FLOAT.getNumber()
                && constant.getDimsCount() == 1;
    }

    /** Length of a constant's last axis; empty when it is none. */
    Optional<Long> width(String tensor) {
        @Nullable TensorProto constant = model.initializers().get(tensor);
        return constant == null || constant.getDimsCount() == 0
                ? Optional.empty()
                : Optional.of(constant.getDims(constant.getDimsCount() - 1));
    }

    /** Numbers of an attribute; empty when the node has none. */
    static List<Long> integers(NodeProto node, String attribute) {
        return node.getAttributeList().stream()
                .filter(each -> each.getName().equals(attribute))
                .findFirst()
                .map(
                        each ->
                                each.getType() == AttributeProto.AttributeType.INT
                                        ? List.of(each.getI())
                                        : each.getIntsList())
                .orElse(List.of());
    }

    /** Whether a constant of that name was added. */
    boolean isMade(String name) {
        return made.containsKey(name);
    }

    /** Adds a constant of whole numbers, a single one without an axis, and returns its name. */
    String constant(String name, boolean scalar, long... values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        TensorProto.Builder constant =
                TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(DataType.INT64.getNumber())
                        .setRawData(ByteString.copyFrom(bytes.array()));
        if (!scalar) {
            constant.addDims(values.length);
        }
        made.putIfAbsent(name, constant.build());
        return name;
    }

    /** A node named after its output. */
    static NodeProto node(
            String op, List<String> reads, String output, AttributeProto... attributes) {
        return NodeProto.newBuilder()
                .setName(output)
                .setOpType(op)
                .addAllInput(reads)
                .addOutput(output)
                .addAllAttribute(List.of(attributes))
                .build();
    }

    /** The same node of ONNX Runtime's own operators. */
    static NodeProto own(NodeProto node) {
        return node.toBuilder().setDomain(Fusion.DOMAIN).build();
    }

    static AttributeProto real(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }
}
