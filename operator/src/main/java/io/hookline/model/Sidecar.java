/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.model.Values.Value;
import io.hookline.program.Io;
import io.hookline.program.NearestName;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a {@code hookline.json} beside the model says about its hook points.
 *
 * @param rename module paths and what they are to be called; holds for what is inside, too
 * @param points hook points and the tensors that carry them, e.g. {@code model.head.output}
 */
record Sidecar(Map<String, String> rename, Map<String, String> points) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> FIELDS = Set.of("rename", "points");
    private static final TypeReference<LinkedHashMap<String, String>> NAMES =
            new TypeReference<>() {};

    /** Says nothing. */
    static final Sidecar NONE = new Sidecar(Map.of(), Map.of());

    /**
     * Reads a file.
     *
     * @throws ModelException when it has another form
     * @throws IOException when it can't be read
     */
    static Sidecar read(Path file) throws IOException, ModelException {
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            for (String field : (Iterable<String>) root::fieldNames) {
                if (!FIELDS.contains(field)) {
                    throw ModelException.unsupported(
                            "unknown field '%s' in '%s'%s"
                                    .formatted(field, file, NearestName.hint(field, FIELDS)));
                }
            }
            return new Sidecar(names(root.path("rename")), names(root.path("points")));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new ModelException(
                    ErrorCode.UNSUPPORTED_MODEL,
                    "'%s' isn't {\"rename\": {\"path\": \"path\"}, \"points\": {\"point\": \"tensor\"}}: %s"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static Map<String, String> names(JsonNode node) {
        return node.isMissingNode() ? Map.of() : JSON.convertValue(node, NAMES);
    }

    /**
     * The tree as this file wants it.
     *
     * @throws ModelException when it names a module or tensor that the model hasn't
     */
    ModuleTree applyTo(ModuleTree tree, ModelGraph graph, TensorShapes shapes)
            throws ModelException {
        ModuleTree renamed = rename.isEmpty() ? tree : renamed(tree);
        ModuleTree applied =
                points.isEmpty() ? renamed : pointed(renamed, graph, new Values(shapes));
        Map<String, String> reasons = new LinkedHashMap<>();
        tree.unhooked().forEach((path, reason) -> reasons.put(path(path), reason));
        return applied.lacking(reasons);
    }

    private ModuleTree renamed(ModuleTree tree) throws ModelException {
        for (String path : rename.keySet()) {
            if (tree.module(path).isEmpty()) {
                throw ModelException.unsupported(
                        "no module '%s' to rename%s".formatted(path, tree.hint(path)));
            }
        }
        return ModuleTree.of(
                tree.convention(), tree.modules().stream().map(this::renamed).toList());
    }

    private Module renamed(Module module) {
        String path = path(module.path());
        List<Site> sites =
                module.sites().stream()
                        .map(s -> s.at(new HookPoint(path, s.point().io(), s.point().index())))
                        .toList();
        return new Module(path, module.className(), sites);
    }

    /** The longest renamed path around a module wins. */
    private String path(String path) {
        return rename.entrySet().stream()
                .filter(e -> path.equals(e.getKey()) || path.startsWith(e.getKey() + "."))
                .max(Comparator.comparingInt(e -> e.getKey().length()))
                .map(e -> e.getValue() + path.substring(e.getKey().length()))
                .orElse(path);
    }

    private ModuleTree pointed(ModuleTree tree, ModelGraph graph, Values values)
            throws ModelException {
        Map<String, Module> modules = new LinkedHashMap<>();
        tree.modules().forEach(module -> modules.put(module.path(), module));
        for (Map.Entry<String, String> entry : points.entrySet()) {
            HookPoint point = point(entry.getKey());
            Value value = value(entry.getValue(), point.io(), graph, values);
            Module module =
                    modules.getOrDefault(point.module(), new Module(point.module(), "", List.of()));
            List<Site> sites = new ArrayList<>(module.sites());
            Optional<Site> replaced =
                    sites.stream().filter(site -> site.point().equals(point)).findFirst();
            sites.removeIf(site -> site.point().equals(point));
            sites.add(site(point, value, graph, tree, replaced));
            modules.put(module.path(), new Module(module.path(), module.className(), sites));
        }
        return SiteOrder.renumbered(tree.convention(), List.copyOf(modules.values()));
    }

    private static HookPoint point(String text) throws ModelException {
        int dot = text.lastIndexOf('.');
        Optional<Io> io =
                Arrays.stream(Io.values())
                        .filter(i -> i.wireName().equals(text.substring(dot + 1)))
                        .findFirst();
        if (dot < 1 || io.isEmpty()) {
            throw ModelException.unsupported(
                    "hook point '%s' doesn't end in .input, .output or .attention".formatted(text));
        }
        return HookPoint.of(text.substring(0, dot), io.get());
    }

    private static Value value(String tensor, Io io, ModelGraph graph, Values values)
            throws ModelException {
        Optional<Value> value = io == Io.ATTENTION ? values.attention(tensor) : values.of(tensor);
        if (value.isEmpty()) {
            List<String> made =
                    graph.nodes().stream().flatMap(n -> n.getOutputList().stream()).toList();
            throw ModelException.unsupported(
                    made.contains(tensor)
                            ? "tensor '%s' has no tokens that could be hooked".formatted(tensor)
                            : "no tensor '%s'%s".formatted(tensor, NearestName.hint(tensor, made)));
        }
        return value.get();
    }

    /** Every read of the tensor is edited: nobody knows which nodes the module is made of. */
    private static Site site(
            HookPoint point, Value value, ModelGraph graph, ModuleTree tree, Optional<Site> old) {
        return new Site(
                point,
                0,
                old.map(Site::order).orElseGet(() -> SiteOrder.after(value.tensor(), graph, tree)),
                value.tensor(),
                value.dtype(),
                value.layout(),
                value.width(),
                graph.consumers(value.tensor()),
                graph.outputs().contains(value.tensor()) ? List.of(value.tensor()) : List.of());
    }
}
