/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * PyTorch's older exporter, and Optimum on top of it: nodes are named by scope, {@code
 * /model/layers.0/self_attn/q_proj/MatMul}. A node that an optimiser renamed is found by the name
 * of its output.
 */
final class NodeNameScopes implements NamingConvention {
    private static final double ENOUGH = 0.2;

    @Override
    public String title() {
        return "module scopes in node names";
    }

    @Override
    public boolean fits(ModelGraph graph) {
        List<NodeProto> nodes =
                graph.nodes().stream()
                        .filter(node -> !node.getOpType().equals("Constant"))
                        .toList();
        long scoped = nodes.stream().filter(node -> frames(node).isPresent()).count();
        return scoped > 0 && scoped >= ENOUGH * nodes.size();
    }

    @Override
    public Optional<List<Frame>> frames(NodeProto node) {
        return Stream.concat(Stream.of(node.getName()), node.getOutputList().stream())
                .filter(name -> name.startsWith("/") && name.indexOf('/', 1) > 0)
                .findFirst()
                .map(name -> frames(name.substring(1).split("/")));
    }

    private static List<Frame> frames(String[] segments) {
        List<Frame> frames = new ArrayList<>();
        String path = "";
        String previous = "";
        for (int index = 0; index < segments.length - 1; index++) {
            String segment = segments[index];
            path = path.isEmpty() ? segment : path + "." + withoutContainer(segment, previous);
            frames.add(new Frame(path, path, ""));
            previous = segment.substring(segment.lastIndexOf('.') + 1);
        }
        return frames;
    }

    /** A child of a called container carries the container's name too: {@code /block/block.0}. */
    private static String withoutContainer(String segment, String container) {
        return segment.startsWith(container + ".")
                ? segment.substring(container.length() + 1)
                : segment;
    }
}
