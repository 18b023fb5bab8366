/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.hookline.model.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The canonical graph with a structure's edits, taps and cuts in it, before anything is left out.
 *
 * @param base what models made of it have besides a graph
 * @param nodes in any order; each cut is a node, too, that no model may hold
 * @param constants weights and constants
 * @param feeds inputs that may be fed
 * @param outputs what leaves the graph
 * @param cuts in the order in which code waits at them
 */
record EditedGraph(
        ModelProto base,
        List<NodeProto> nodes,
        List<TensorProto> constants,
        List<ValueInfoProto> feeds,
        List<String> outputs,
        List<Mark> cuts) {
    EditedGraph {
        nodes = List.copyOf(nodes);
        constants = List.copyOf(constants);
        feeds = List.copyOf(feeds);
        outputs = List.copyOf(outputs);
        cuts = List.copyOf(cuts);
    }

    /**
     * Where code waits.
     *
     * @param slot index of the slot that is the code's, empty where the caller asked for the cut
     * @param value the tensor that the code sees
     * @param resumed the tensor that is read in its place from then on
     */
    record Mark(Site site, OptionalInt slot, String value, String resumed) {}

    /** The graph without the nodes that make some tensors, which are fed in their place. */
    EditedGraph given(Map<String, Integer> given) {
        List<ValueInfoProto> more = new ArrayList<>(feeds);
        given.forEach(
                (tensor, type) ->
                        more.add(
                                ValueInfoProto.newBuilder()
                                        .setName(tensor)
                                        .setType(
                                                TypeProto.newBuilder()
                                                        .setTensorType(
                                                                TypeProto.Tensor.newBuilder()
                                                                        .setElemType(type)))
                                        .build()));
        List<NodeProto> others =
                nodes.stream()
                        .filter(node -> node.getOutputList().stream().noneMatch(given::containsKey))
                        .toList();
        return new EditedGraph(base, others, constants, more, outputs, cuts);
    }

    /** What a model made of a part of the graph consists of besides its constants. */
    record Part(List<NodeProto> nodes, List<ValueInfoProto> inputs, List<String> outputs) {}

    /** The part that is needed for the outputs, uncut. */
    Part needed() {
        Slice slice = Slice.of(nodes, outputs);
        return new Part(
                nodes.stream().filter(slice::needs).toList(),
                feeds.stream().filter(feed -> slice.needs(feed.getName())).toList(),
                outputs);
    }

    /** A model of that part, with the constants that it reads. */
    ModelProto model(Part part) {
        Set<String> read = new HashSet<>(part.outputs());
        part.nodes().forEach(node -> read.addAll(Slice.reads(node)));
        GraphProto.Builder graph = GraphProto.newBuilder().setName("hookline-plan");
        graph.addAllNode(part.nodes()).addAllInput(part.inputs());
        constants.stream()
                .filter(constant -> read.contains(constant.getName()))
                .forEach(graph::addInitializer);
        part.outputs()
                .forEach(output -> graph.addOutput(ValueInfoProto.newBuilder().setName(output)));
        return base.toBuilder().setGraph(graph).build();
    }

    /** What may be fed, by name. */
    Map<String, ValueInfoProto> feedsByName() {
        Map<String, ValueInfoProto> byName = new HashMap<>();
        feeds.forEach(feed -> byName.put(feed.getName(), feed));
        return byName;
    }

    /** Everything that must be made: what leaves the graph, and what code waits for. */
    List<String> wanted() {
        List<String> wanted = new ArrayList<>(outputs);
        cuts.forEach(cut -> wanted.add(cut.resumed()));
        return wanted;
    }
}
