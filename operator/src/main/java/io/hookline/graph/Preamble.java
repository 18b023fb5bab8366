/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static java.util.Objects.requireNonNull;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.hookline.model.ModelGraph;
import io.hookline.model.ModelSignature;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The part of a graph that knows how long texts are, but not what they say: it reads the mask, the
 * positions and the shapes of inputs, and makes masks of attention, rotary positions and shapes of
 * them. It gives the same for all texts that lie alike. Nothing of it has a hook point.
 */
public final class Preamble {
    private final ModelGraph graph;
    private final Set<String> contents = new LinkedHashSet<>();
    private final Set<String> inputs;
    private final Set<String> constants = new HashSet<>();
    private final Set<String> made = new HashSet<>();
    private final List<String> outputs;

    private Preamble(ModelGraph graph, ModelSignature signature, Set<String> hooked) {
        this.graph = graph;
        this.inputs = new HashSet<>(graph.inputs());
        signature.attentionMask().ifPresent(contents::add);
        signature.positionIds().ifPresent(contents::add);
        constants.addAll(graph.initializers().keySet());
        Set<String> elsewhere = new HashSet<>(hooked);
        elsewhere.addAll(graph.outputs());
        graph.nodes().forEach(node -> add(node, elsewhere));
        this.outputs = List.copyOf(readBehind());
    }

    /**
     * The preamble of a graph.
     *
     * @param graph nodes in an order in which they can run
     * @param hooked tensors that are not to be in it, and nothing that is made of them
     */
    static Preamble of(ModelGraph graph, ModelSignature signature, Set<String> hooked) {
        return new Preamble(
                requireNonNull(graph, "graph"), requireNonNull(signature, "signature"), hooked);
    }

    private void add(NodeProto node, Set<String> elsewhere) {
        if (Segmentation.isConstant(node)) {
            constants.addAll(node.getOutputList());
        } else if (isKnown(node) && node.getOutputList().stream().noneMatch(elsewhere::contains)) {
            made.addAll(node.getOutputList());
        }
    }

    private boolean isKnown(NodeProto node) {
        boolean measures = node.getOpType().equals("Shape") && inputs.contains(node.getInput(0));
        Set<String> reads = Slice.reads(node);
        boolean varies = reads.stream().anyMatch(this::varies);
        return measures
                || (varies
                        && !node.getOpType().startsWith("Random")
                        && reads.stream().allMatch(read -> varies(read) || isConstant(read)));
    }

    private boolean varies(String tensor) {
        return made.contains(tensor) || contents.contains(tensor);
    }

    /** The empty name stands for an input that is left out. */
    private boolean isConstant(String tensor) {
        return tensor.isEmpty() || constants.contains(tensor);
    }

    private Set<String> readBehind() {
        Set<String> read = new LinkedHashSet<>();
        graph.nodes().stream()
                .filter(node -> !made.containsAll(node.getOutputList()))
                .flatMap(node -> Slice.reads(node).stream())
                .filter(made::contains)
                .forEach(read::add);
        return read;
    }

    /** What the rest of the graph reads of it; empty when there is no preamble. */
    public List<String> outputs() {
        return outputs;
    }

    /** Inputs of whose numbers something is made; of all others the shapes alone matter. */
    public Set<String> contents() {
        return Set.copyOf(contents);
    }

    /** The model that makes the outputs. */
    public ModelProto model() {
        Slice needed = Slice.of(graph.nodes(), outputs);
        List<NodeProto> run = graph.nodes().stream().filter(needed::needs).toList();
        GraphProto.Builder out = GraphProto.newBuilder().setName("hookline-preamble");
        graph.graph().getInputList().stream()
                .filter(input -> needed.needs(input.getName()))
                .filter(input -> !graph.initializers().containsKey(input.getName()))
                .forEach(out::addInput);
        graph.initializers().values().stream()
                .filter(constant -> needed.needs(constant.getName()))
                .forEach(out::addInitializer);
        outputs.forEach(each -> out.addOutput(ValueInfoProto.newBuilder().setName(each)));
        return graph.proto().toBuilder().setGraph(out.addAllNode(run)).build();
    }
}
