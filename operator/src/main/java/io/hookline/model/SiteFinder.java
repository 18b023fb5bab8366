/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.hookline.model.Values.Value;
import io.hookline.program.Io;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Finds the tensors that a module's call takes, hands out and attends with. */
final class SiteFinder {
    /** Nodes that multiply matrices. */
    static final Set<String> PRODUCTS =
            Set.of("MatMul", "Gemm", "Einsum", "FusedMatMul", "MatMulInteger", "MatMulNBits");

    private static final Set<String> WAVES = Set.of("Cos", "Sin");
    private static final Set<String> LOOKUPS = Set.of("Gather", "GatherBlockQuantized");

    private final ModelGraph graph;
    private final Values values;
    private final CallTree calls;
    private final Set<String> outputs;
    private final Map<Call, Value> attention = new HashMap<>();
    private final Map<String, String> unsure = new HashMap<>();

    SiteFinder(ModelGraph graph, Values values, CallTree calls) {
        this.graph = graph;
        this.values = values;
        this.calls = calls;
        this.outputs = Set.copyOf(graph.outputs());
        for (int node = 0; node < graph.nodes().size(); node++) {
            if (graph.nodes().get(node).getOpType().equals("Softmax")) {
                Call call = attending(calls.innermost(node));
                probabilities(graph.nodes().get(node).getOutput(0))
                        .ifPresent(value -> attention.put(call, value));
            }
        }
    }

    /** A softmax may see batch and heads as one axis; they come apart behind it. */
    private Optional<Value> probabilities(String softmax) {
        return values.attention(softmax)
                .or(
                        () ->
                                graph.consumers(softmax).stream()
                                        .map(edge -> graph.nodes().get(edge.node()))
                                        .filter(reader -> reader.getOpType().equals("Reshape"))
                                        .flatMap(
                                                reader ->
                                                        values
                                                                .attention(reader.getOutput(0))
                                                                .stream())
                                        .findFirst());
    }

    /** The first value that a node of the call reads and that is made outside. */
    Optional<Value> input(Call call) {
        if (call.isRoot() || isTable(call)) {
            return Optional.empty();
        }
        Optional<Value> found = found(call);
        return found.filter(value -> !isUnsureInput(call, value));
    }

    private Optional<Value> found(Call call) {
        return input(call, Value::hasTokens)
                .or(
                        () ->
                                input(
                                        call,
                                        value ->
                                                output(call)
                                                        .map(o -> !o.hasTokens())
                                                        .orElse(false)));
    }

    /** The last value that the call makes and that is read outside. */
    Optional<Value> output(Call call) {
        return isTable(call)
                ? Optional.empty()
                : output(call, Value::hasTokens)
                        .or(() -> output(call, value -> true))
                        .filter(value -> !isUnsureOutput(call, value));
    }

    /** A node of unknown module between a module and what it reads may be the module's first. */
    private boolean isUnsureInput(Call call, Value value) {
        Optional<Integer> maker =
                call.children.isEmpty()
                        ? Optional.empty()
                        : graph.producer(value.tensor()).filter(calls::isFloating);
        maker.ifPresent(node -> doubt(call, Io.INPUT, node));
        return maker.isPresent();
    }

    /** The same behind what an inner module hands out: it may be the outer one's last. */
    private boolean isUnsureOutput(Call call, Value value) {
        List<ModelGraph.Edge> readers = edges(call, value, false);
        boolean unsure =
                !call.children.isEmpty()
                        && !call.isRoot()
                        && !readers.isEmpty()
                        && readers.stream().allMatch(edge -> calls.isFloating(edge.node()));
        if (unsure) {
            doubt(call, Io.OUTPUT, readers.get(0).node());
        }
        return unsure;
    }

    private void doubt(Call call, Io io, int node) {
        unsure.put(
                call.path + "." + io.wireName(),
                "nothing says whether the '%s' beside it is part of it"
                        .formatted(graph.nodes().get(node).getOpType()));
    }

    /** Hook points that may be another tensor than the one found, each with its reason. */
    Map<String, String> unsure() {
        return unsure;
    }

    /** The attention probabilities of the call itself, not of one inside. */
    Optional<Value> attention(Call call) {
        return Optional.ofNullable(attention.get(call));
    }

    /** Where an edit of that value of the call is read. */
    List<ModelGraph.Edge> edges(Call call, Value value, boolean inside) {
        return graph.consumers(value.tensor()).stream()
                .filter(edge -> call.contains(edge.node()) == inside)
                .toList();
    }

    /** The tensor's name when it is an output of the graph. */
    List<String> graphOutputs(Value value) {
        return outputs.contains(value.tensor()) ? List.of(value.tensor()) : List.of();
    }

    private Optional<Value> input(Call call, Predicate<Value> wanted) {
        for (int node = call.firstNode(); node >= 0; node = call.nodes.nextSetBit(node + 1)) {
            NodeProto proto = graph.nodes().get(node);
            for (String tensor : proto.getInputList()) {
                Optional<Value> value = values.of(tensor).filter(wanted);
                if (value.isPresent() && isMadeOutside(tensor, call)) {
                    return value;
                }
            }
            Optional<Value> merged = merged(proto, call).filter(wanted);
            if (merged.isPresent()) {
                return merged;
            }
        }
        return Optional.empty();
    }

    /**
     * What a reshape inside makes of heads from outside. An exporter that merges the caller's
     * reshape into the module's own leaves no other tensor that is the module's input.
     */
    private Optional<Value> merged(NodeProto node, Call call) {
        return node.getOpType().equals("Reshape")
                        && values.isHeads(node.getInput(0))
                        && isMadeOutside(node.getInput(0), call)
                ? values.of(node.getOutput(0))
                : Optional.empty();
    }

    private Optional<Value> output(Call call, Predicate<Value> wanted) {
        for (int node = call.lastNode(); node >= 0; node = call.nodes.previousSetBit(node - 1)) {
            for (String tensor : graph.nodes().get(node).getOutputList()) {
                Optional<Value> value = values.of(tensor).filter(wanted);
                if (value.isPresent() && isReadOutside(tensor, call)) {
                    return value;
                }
            }
        }
        return Optional.empty();
    }

    private boolean isMadeOutside(String tensor, Call call) {
        return !graph.initializers().containsKey(tensor)
                && graph.producer(tensor)
                        .map(node -> !call.contains(node) && !isTable(calls.innermost(node)))
                        .orElse(true);
    }

    private boolean isReadOutside(String tensor, Call call) {
        return outputs.contains(tensor)
                || graph.consumers(tensor).stream()
                        .filter(edge -> !isMeasured(edge))
                        .anyMatch(edge -> !call.contains(edge.node()));
    }

    /** A read of the shape takes no values. */
    private boolean isMeasured(ModelGraph.Edge edge) {
        return graph.nodes().get(edge.node()).getOpType().equals("Shape");
    }

    /** A table made from positions, as of rotary embeddings, is no hidden state. */
    private boolean isTable(Call call) {
        return !call.isRoot()
                && call.children.isEmpty()
                && !readsValues(call)
                && (nodes(call, WAVES) > 0 || nodes(call, PRODUCTS) == 0)
                && call.nodes.stream().mapToObj(graph.nodes()::get).noneMatch(this::isLookup);
    }

    private boolean readsValues(Call call) {
        return call.nodes.stream()
                .mapToObj(graph.nodes()::get)
                .flatMap(node -> node.getInputList().stream())
                .filter(tensor -> !graph.producer(tensor).map(call::contains).orElse(false))
                .anyMatch(tensor -> isValue(tensor) || values.isHeads(tensor));
    }

    private boolean isValue(String tensor) {
        return values.of(tensor).map(value -> value.width() > 1).orElse(false);
    }

    private boolean isLookup(NodeProto node) {
        return LOOKUPS.contains(node.getOpType())
                && Optional.ofNullable(graph.initializers().get(node.getInput(0)))
                        .map(table -> table.getDimsCount() > 1)
                        .orElseGet(() -> isValue(node.getOutput(0)));
    }

    /** Steps out of a softmax that is a module of its own, to who multiplies queries and keys. */
    private Call attending(Call innermost) {
        Call call = innermost;
        while (call.parent != null && nodes(call, PRODUCTS) < 2) {
            call = call.parent;
        }
        return call;
    }

    private long nodes(Call call, Set<String> types) {
        return call.nodes.stream()
                .mapToObj(graph.nodes()::get)
                .map(NodeProto::getOpType)
                .filter(types::contains)
                .count();
    }
}
