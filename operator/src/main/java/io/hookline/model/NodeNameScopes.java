/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * PyTorch's older exporter, and Optimum on top of it: nodes are named by scope, {@code
 * /model/layers.0/self_attn/q_proj/MatMul}. Tensors are named after the node that made them, and
 * keep that name where an optimiser replaces the node.
 */
final class NodeNameScopes implements NamingConvention {
    private static final double ENOUGH = 0.2;
    private static final Pattern OUTPUT = Pattern.compile("/.*_output_\\d+");
    private static final Pattern MARK = Pattern.compile("(.*\\D.*?)_(\\d{1,3})");

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
        return Stream.concat(
                        node.getOutputList().stream()
                                .filter(name -> OUTPUT.matcher(name).matches()),
                        Stream.of(node.getName()))
                .filter(name -> name.startsWith("/") && name.indexOf('/', 1) > 0)
                .findFirst()
                .map(name -> frames(name.substring(1).split("/")));
    }

    /** The exporter names a module's second call {@code name_1}, and its parents' calls not. */
    @Override
    public List<Frame> readMarks(List<Frame> chain, Set<String> scopes, Set<String> owners) {
        List<Frame> out = new ArrayList<>();
        String raw = "";
        String base = "";
        for (Frame frame : chain) {
            String segment = frame.path().substring(raw.length());
            raw = frame.path();
            Matcher mark = MARK.matcher(segment);
            boolean marked =
                    mark.matches()
                            && scopes.contains(base + mark.group(1))
                            && !owners.contains(base + segment);
            base += marked ? mark.group(1) : segment;
            int visit = marked ? Integer.parseInt(mark.group(2)) : 0;
            out.add(new Frame(base, visit, frame.className()));
        }
        return out;
    }

    private static List<Frame> frames(String[] segments) {
        List<Frame> frames = new ArrayList<>();
        String path = "";
        String previous = "";
        for (int index = 0; index < segments.length - 1; index++) {
            String segment = segments[index];
            path = path.isEmpty() ? segment : path + "." + withoutContainer(segment, previous);
            frames.add(new Frame(path, 0, ""));
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
