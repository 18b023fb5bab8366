/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An ONNX model with its main graph indexed by tensor name. Immutable. */
public final class ModelGraph {
    private final ModelProto proto;
    private final Map<String, Integer> producers = new HashMap<>();
    private final Map<String, List<Edge>> consumers = new HashMap<>();
    private final Map<String, TensorProto> initializers = new LinkedHashMap<>();

    /**
     * One place where a node reads a tensor.
     *
     * @param node index of the node in {@link #nodes()}
     * @param input index among the node's inputs
     */
    public record Edge(int node, int input) {}

    private ModelGraph(ModelProto proto) {
        this.proto = proto;
        List<NodeProto> nodes = proto.getGraph().getNodeList();
        for (int index = 0; index < nodes.size(); index++) {
            for (String output : nodes.get(index).getOutputList()) {
                producers.put(output, index);
            }
            List<String> inputs = nodes.get(index).getInputList();
            for (int input = 0; input < inputs.size(); input++) {
                consumers
                        .computeIfAbsent(inputs.get(input), tensor -> new ArrayList<>())
                        .add(new Edge(index, input));
            }
        }
        for (TensorProto initializer : proto.getGraph().getInitializerList()) {
            initializers.put(initializer.getName(), initializer);
        }
    }

    /** Indexes a model. */
    public static ModelGraph of(ModelProto proto) {
        return new ModelGraph(proto);
    }

    /** The model. */
    public ModelProto proto() {
        return proto;
    }

    /** The main graph. */
    public GraphProto graph() {
        return proto.getGraph();
    }

    /** Nodes in file order, which is the exporter's execution order. */
    public List<NodeProto> nodes() {
        return proto.getGraph().getNodeList();
    }

    /** Index of the node that makes the tensor; empty for inputs and initializers. */
    public Optional<Integer> producer(String tensor) {
        return Optional.ofNullable(producers.get(tensor));
    }

    /** Where the tensor is read, in file order. */
    public List<Edge> consumers(String tensor) {
        return Collections.unmodifiableList(consumers.getOrDefault(tensor, List.of()));
    }

    /** Constant tensors by name. */
    public Map<String, TensorProto> initializers() {
        return Collections.unmodifiableMap(initializers);
    }

    /** Names of the graph's inputs, initializers excluded. */
    public List<String> inputs() {
        return proto.getGraph().getInputList().stream()
                .map(ValueInfoProto::getName)
                .filter(name -> !initializers.containsKey(name))
                .toList();
    }

    /** Names of the graph's outputs. */
    public List<String> outputs() {
        return proto.getGraph().getOutputList().stream().map(ValueInfoProto::getName).toList();
    }

    /** Version of the default operator set. */
    public int opset() {
        return proto.getOpsetImportList().stream()
                .filter(opset -> opset.getDomain().isEmpty() || opset.getDomain().equals("ai.onnx"))
                .mapToInt(opset -> (int) opset.getVersion())
                .max()
                .orElseThrow(() -> new IllegalArgumentException("model imports no operator set"));
    }
}
