/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PyTorch's exporter that is based on torch.export: module scopes in node metadata. Tools that
 * replace nodes lose it; where most products lost theirs, modules can't be told.
 */
final class DynamoScopes implements NamingConvention {
    private static final String SCOPES = "pkg.torch.onnx.name_scopes";
    private static final String CLASSES = "pkg.torch.onnx.class_hierarchy";
    private static final Pattern ITEM = Pattern.compile("'([^']*)'|\"([^\"]*)\"");

    /** How a later call of the same module is marked. */
    private static final Pattern CALL = Pattern.compile("@(\\d+)");

    @Override
    public String title() {
        return "torch.export scopes in node metadata";
    }

    @Override
    public boolean fits(ModelGraph graph) {
        List<NodeProto> products =
                graph.nodes().stream()
                        .filter(node -> SiteFinder.PRODUCTS.contains(node.getOpType()))
                        .toList();
        long scoped = products.stream().filter(node -> items(node, SCOPES).size() > 2).count();
        return 2 * scoped > products.size();
    }

    @Override
    public Optional<List<Frame>> frames(NodeProto node) {
        List<String> scopes = items(node, SCOPES);
        if (scopes.isEmpty() || !scopes.get(0).isEmpty()) {
            return Optional.empty();
        }
        List<String> classes = items(node, CLASSES);
        List<Frame> frames = new ArrayList<>();
        for (int index = 1; index < scopes.size() - 1; index++) {
            frames.add(frame(scopes.get(index), className(classes, index)));
        }
        return Optional.of(frames);
    }

    private static Frame frame(String scope, String className) {
        Matcher call = CALL.matcher(scope);
        int visit = 0;
        while (call.find()) {
            visit = Integer.parseInt(call.group(1));
        }
        return new Frame(call.reset().replaceAll(""), visit, className);
    }

    @Override
    public String rootClass(ModelGraph graph) {
        return graph.nodes().stream()
                .filter(node -> items(node, SCOPES).size() > 1)
                .filter(node -> items(node, SCOPES).get(0).isEmpty())
                .map(node -> className(items(node, CLASSES), 0))
                .findFirst()
                .orElse("");
    }

    private static String className(List<String> classes, int index) {
        String name = index < classes.size() - 1 ? classes.get(index) : "";
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static List<String> items(NodeProto node, String key) {
        return node.getMetadataPropsList().stream()
                .filter(property -> property.getKey().equals(key))
                .findFirst()
                .map(property -> items(property.getValue()))
                .orElse(List.of());
    }

    /** The strings of a list as Python prints it. */
    static List<String> items(String list) {
        List<String> out = new ArrayList<>();
        Matcher item = ITEM.matcher(list);
        while (item.find()) {
            out.add(item.group(1) == null ? item.group(2) : item.group(1));
        }
        return out;
    }
}
