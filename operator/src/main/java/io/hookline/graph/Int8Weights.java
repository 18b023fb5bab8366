/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static io.hookline.graph.GraphEditor.integer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.hookline.model.ModelGraph;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Products with constant float32 matrices, turned into products with 8-bit ones. Every tensor keeps
 * its name and stays float32, so that hook points are where they were; a table that is also looked
 * up in stays float for that. Matrices too small to be worth it, such as frequencies, stay as they
 * are.
 */
public final class Int8Weights {
    private static final String SCALES = "/scales";

    /** Activations are rounded to 8 bits inside the product, for the processor's own speed. */
    private static final int ACCURACY_LEVEL = 4;

    /** Numbers in a matrix whose codes, filled up, fit into one array. */
    private static final long MOST = 1L << 30;

    private final ModelGraph graph;
    private final WeightStore store;
    private final Map<String, Shape> shapes = new HashMap<>();
    private final List<TensorProto> made = new ArrayList<>();

    /** A converted matrix's lengths along the axis that is summed over and along the other. */
    private record Shape(int summed, int kept) {}

    private Int8Weights(ModelProto model, WeightStore store) {
        this.graph = ModelGraph.of(model);
        this.store = store;
    }

    /**
     * Converts an optimised model, whose constants are folded; empty when it has no such product.
     */
    public static Optional<ModelProto> convert(ModelProto model, WeightStore store)
            throws IOException {
        return new Int8Weights(model, store).converted();
    }

    private Optional<ModelProto> converted() throws IOException {
        List<NodeProto> nodes = new ArrayList<>();
        for (NodeProto node : graph.nodes()) {
            nodes.addAll(isProduct(node) ? product(node) : List.of(node));
        }
        if (made.isEmpty()) {
            return Optional.empty();
        }
        GraphProto.Builder out = graph.graph().toBuilder().clearNode().clearInitializer();
        out.addAllNode(nodes).addAllInitializer(made);
        Set<String> read = new HashSet<>(graph.outputs());
        nodes.forEach(node -> read.addAll(Slice.reads(node)));
        graph.initializers().values().stream()
                .filter(initializer -> read.contains(initializer.getName()))
                .forEach(out::addInitializer);
        return Optional.of(Fusion.imported(graph.proto().toBuilder().setGraph(out)).build());
    }

    private boolean isProduct(NodeProto node) {
        boolean known =
                node.getOpType().equals("MatMul")
                        || (node.getOpType().equals("Gemm") && isPlain(node));
        return known && isWorthIt(graph.initializers().get(node.getInput(1)));
    }

    private static boolean isWorthIt(@Nullable TensorProto weights) {
        return weights != null
                && weights.getDataType() == DataType.FLOAT.getNumber()
                && weights.getDataLocation() == TensorProto.DataLocation.EXTERNAL
                && weights.getDimsCount() == 2
                && weights.getDimsList().stream().allMatch(length -> length >= Int8Matrix.BLOCK)
                && weights.getDims(0) * weights.getDims(1) <= MOST;
    }

    /** Whether a Gemm is a product and a sum, nothing else. */
    private static boolean isPlain(NodeProto node) {
        return node.getAttributeList().stream()
                .allMatch(
                        attribute ->
                                switch (attribute.getName()) {
                                    case "transA" -> attribute.getI() == 0;
                                    case "alpha", "beta" -> attribute.getF() == 1;
                                    default -> attribute.getName().equals("transB");
                                });
    }

    private List<NodeProto> product(NodeProto node) throws IOException {
        boolean biased = node.getInputCount() > 2 && !node.getInput(2).isEmpty();
        String output = node.getOutput(0);
        String product = biased ? output + "/hl-product" : output;
        List<NodeProto> nodes = new ArrayList<>();
        nodes.add(multiplied(node, product));
        if (biased) {
            nodes.add(
                    NodeProto.newBuilder()
                            .setName(output + "/hl-bias")
                            .setOpType("Add")
                            .addInput(product)
                            .addInput(node.getInput(2))
                            .addOutput(output)
                            .build());
        }
        return nodes;
    }

    private NodeProto multiplied(NodeProto node, String output) throws IOException {
        boolean transposed =
                node.getAttributeList().stream()
                        .filter(attribute -> attribute.getName().equals("transB"))
                        .anyMatch(attribute -> attribute.getI() != 0);
        String name = node.getInput(1) + (transposed ? "/hl-int8-transposed" : "/hl-int8");
        Shape shape = shapes.get(name);
        if (shape == null) {
            shape = keep(name, Int8Matrix.of(weights(node), transposed, store));
        }
        return NodeProto.newBuilder()
                .setName(node.getName())
                .setDomain(Fusion.DOMAIN)
                .setOpType("MatMulNBits")
                .addInput(node.getInput(0))
                .addInput(name)
                .addInput(name + SCALES)
                .addOutput(output)
                .addAllAttribute(attributes(shape))
                .build();
    }

    private TensorProto weights(NodeProto node) {
        return Objects.requireNonNull(graph.initializers().get(node.getInput(1)));
    }

    private Shape keep(String name, Int8Matrix matrix) throws IOException {
        long blocks = Int8Matrix.blocks(matrix.summed());
        TensorProto.Builder codes =
                TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(DataType.UINT8.getNumber())
                        .addAllDims(List.of((long) matrix.kept(), blocks, (long) Int8Matrix.BLOCK));
        TensorProto.Builder scales =
                TensorProto.newBuilder()
                        .setName(name + SCALES)
                        .setDataType(DataType.FLOAT.getNumber())
                        .addDims(matrix.kept() * blocks);
        made.add(store.keep(codes.build(), matrix.codes()));
        made.add(store.keep(scales.build(), matrix.scales()));
        Shape shape = new Shape(matrix.summed(), matrix.kept());
        shapes.put(name, shape);
        return shape;
    }

    private static List<AttributeProto> attributes(Shape shape) {
        return List.of(
                integer("K", shape.summed()),
                integer("N", shape.kept()),
                integer("bits", Byte.SIZE),
                integer("block_size", Int8Matrix.BLOCK),
                integer("accuracy_level", ACCURACY_LEVEL));
    }
}
