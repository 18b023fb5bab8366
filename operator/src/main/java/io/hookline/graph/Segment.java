/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static java.util.Objects.requireNonNull;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.hookline.model.OnnxTypes;
import java.util.List;
import java.util.Map;

/**
 * One of the models that a cut structure is made of, whose weights lie beside the canonical one.
 */
public final class Segment {
    private final EditedGraph graph;
    private final List<NodeProto> nodes;
    private final List<String> inputs;
    private final List<String> outputs;

    Segment(EditedGraph graph, List<NodeProto> nodes, List<String> inputs, List<String> outputs) {
        this.graph = requireNonNull(graph, "graph");
        this.nodes = List.copyOf(nodes);
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
    }

    /** Names of what it reads: feeds, and what earlier segments and code hand on. */
    public List<String> inputs() {
        return inputs;
    }

    /** Names of what it makes for others; empty when there is nothing to run. */
    public List<String> outputs() {
        return outputs;
    }

    /**
     * The model.
     *
     * @param handedOn ONNX's number of the element type of each output of the earlier segments
     */
    public ModelProto model(Map<String, Integer> handedOn) {
        Map<String, ValueInfoProto> feeds = graph.feedsByName();
        List<ValueInfoProto> declared =
                inputs.stream()
                        .map(
                                name ->
                                        feeds.containsKey(name)
                                                ? feeds.get(name)
                                                : handedOn(name, handedOn))
                        .toList();
        return graph.model(new EditedGraph.Part(nodes, declared, outputs));
    }

    /** The element type is enough; a shape that is wrong would break inference elsewhere. */
    private ValueInfoProto handedOn(String name, Map<String, Integer> types) {
        Integer type =
                graph.cuts().stream()
                        .filter(cut -> cut.resumed().equals(name))
                        .findFirst()
                        .map(cut -> OnnxTypes.number(cut.site().dtype()))
                        .orElseGet(() -> types.get(name));
        if (type == null) {
            throw new IllegalArgumentException("no segment makes '" + name + "'");
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(
                        TypeProto.newBuilder()
                                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type)))
                .build();
    }
}
