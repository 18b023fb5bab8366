/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The model builder of onnxruntime-genai: node names look like module scopes, with names of the
 * builder's own for attention and the last norm.
 */
final class GenAiScopes implements NamingConvention {
    private static final Pattern ATTENTION =
            Pattern.compile("/model/layers\\.\\d+/attn/(GroupQuery|MultiHead)Attention.*");
    private static final Pattern LAYER_ATTENTION =
            Pattern.compile("^(model\\.layers\\.\\d+)\\.attn(?=\\.|$)");
    private static final Pattern LAST_NORM =
            Pattern.compile("^model\\.layers\\.\\d+\\.final_norm_layernorm(?=\\.|$)");

    private final NodeNameScopes names = new NodeNameScopes();

    @Override
    public String title() {
        return "names of onnxruntime-genai's model builder";
    }

    @Override
    public boolean fits(ModelGraph graph) {
        return graph.nodes().stream().anyMatch(node -> ATTENTION.matcher(node.getName()).matches());
    }

    @Override
    public Optional<List<Frame>> frames(NodeProto node) {
        return names.frames(node)
                .map(
                        chain ->
                                chain.stream()
                                        .filter(frame -> !isBeforeLastNorm(frame, chain))
                                        .map(GenAiScopes::renamed)
                                        .toList());
    }

    @Override
    public String owner(String initializer) {
        int end = initializer.indexOf(".MatMul.");
        return renamed(
                end < 0
                        ? NamingConvention.super.owner(initializer)
                        : initializer.substring(0, end));
    }

    /** The builder counts the last norm as a layer of its own. */
    private static boolean isBeforeLastNorm(Frame frame, List<Frame> chain) {
        int index = chain.indexOf(frame);
        return index + 1 < chain.size() && LAST_NORM.matcher(chain.get(index + 1).path()).find();
    }

    private static Frame renamed(Frame frame) {
        return new Frame(renamed(frame.path()), frame.visit(), frame.className());
    }

    private static String renamed(String path) {
        String attention = LAYER_ATTENTION.matcher(path).replaceFirst("$1.self_attn");
        return LAST_NORM.matcher(attention).replaceFirst("model.norm");
    }
}
