/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static io.hookline.graph.GraphEditor.integer;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.hookline.model.ModelGraph;
import io.hookline.model.OnnxTypes;
import io.hookline.model.Site;
import io.hookline.schema.ElementType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The logit lens: the model's final norm and head once more, on something else. Source:
 * nostalgebraist, "interpreting GPT: the logit lens", 2020.
 */
final class LensNodes {
    private final GraphEditor graph;
    private final CanonicalGraph canonical;

    LensNodes(GraphEditor graph, CanonicalGraph canonical) {
        this.graph = graph;
        this.canonical = canonical;
    }

    /**
     * Adds the nodes.
     *
     * @param value {@code [positions, width]}
     * @return the k largest logits and then their ids as numbers, {@code [positions, 2 k]}, float32
     */
    String likeliest(String value, int k, int tap) {
        Site residual = canonical.head().orElseThrow().residual();
        String shape = graph.integers(1, -1, residual.width());
        String logits =
                headOf(
                        graph.node("Reshape", List.of(value, shape)),
                        residual,
                        "hl/lens/" + tap + "/");
        String flat = graph.node("Flatten", List.of(logits), integer("axis", 2));
        String top = "hl/lens/" + tap + "/top";
        graph.add(
                NodeProto.newBuilder()
                        .setName(top)
                        .setOpType("TopK")
                        .addInput(floats(flat))
                        .addInput(graph.integers(k))
                        .addOutput(top + "/logits")
                        .addOutput(top + "/ids")
                        .build());
        return graph.node(
                "Concat", List.of(top + "/logits", floats(top + "/ids")), integer("axis", 1));
    }

    private String floats(String value) {
        return graph.node(
                "Cast", List.of(value), integer("to", OnnxTypes.number(ElementType.FLOAT32)));
    }

    /** Copies every node between the residual and the logits that depends on the residual. */
    private String headOf(String value, Site residual, String prefix) {
        ModelGraph model = canonical.graph();
        String logits = canonical.signature().logits().orElseThrow();
        Slice slice = Slice.of(model.nodes(), List.of(logits));
        Map<String, String> copies = new HashMap<>();
        canonical.groups().of(residual.tensor()).forEach(group -> copies.put(group.name(), value));
        copies.put(residual.tensor(), value);
        for (NodeProto node : model.nodes()) {
            boolean made = node.getOutputList().stream().anyMatch(copies::containsKey);
            boolean depends = node.getInputList().stream().anyMatch(copies::containsKey);
            if (slice.needs(node) && depends && !made) {
                node.getOutputList().forEach(output -> copies.put(output, prefix + output));
                graph.add(
                        isReshapedInput(node)
                                ? flat(node, copies, prefix)
                                : copy(node, copies, prefix));
            }
        }
        return copies.getOrDefault(logits, logits);
    }

    /** Whether it gives the head's input the shape that the model's tokens have. */
    private boolean isReshapedInput(NodeProto node) {
        Site input = canonical.head().orElseThrow().input();
        return node.getOpType().equals("Reshape") && node.getOutput(0).equals(input.tensor());
    }

    private NodeProto flat(NodeProto node, Map<String, String> copies, String prefix) {
        int width = canonical.head().orElseThrow().input().width();
        return copy(node, copies, prefix).toBuilder()
                .setInput(1, graph.integers(1, -1, width))
                .build();
    }

    private static NodeProto copy(NodeProto node, Map<String, String> copies, String prefix) {
        NodeProto.Builder copy = node.toBuilder().setName(prefix + node.getName());
        for (int i = 0; i < node.getInputCount(); i++) {
            copy.setInput(i, copies.getOrDefault(node.getInput(i), node.getInput(i)));
        }
        for (int i = 0; i < node.getOutputCount(); i++) {
            copy.setOutput(i, prefix + node.getOutput(i));
        }
        return copy.build();
    }
}
