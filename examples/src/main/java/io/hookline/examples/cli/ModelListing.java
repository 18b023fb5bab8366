/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.model.Module;
import io.hookline.model.Site;
import io.hookline.runtime.ModelInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A model's module tree, for people and for machines. */
final class ModelListing {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ModelInfo info;

    ModelListing(ModelInfo info) {
        this.info = info;
    }

    /** One line for each module, indented by its depth, with its hook points. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "%s (%s), %s"
                        .formatted(
                                info.name(),
                                info.signature().causal() ? "generates text" : "encodes text",
                                info.tree().convention()));
        List<Module> modules = inTreeOrder();
        int width = modules.stream().mapToInt(module -> name(module).length()).max().orElse(0);
        for (Module module : modules) {
            String sites =
                    module.sites().stream()
                            .map(site -> label(site) + " " + type(site))
                            .collect(Collectors.joining("  "));
            String line = "%-" + width + "s  %-20s  %s";
            lines.add(line.formatted(name(module), module.className(), sites).stripTrailing());
        }
        info.tree()
                .unhooked()
                .forEach((path, reason) -> lines.add("no hook point '" + path + "': " + reason));
        return lines;
    }

    /** The same as one object. */
    ObjectNode json() {
        ObjectNode document =
                JSON.createObjectNode()
                        .put("model", info.name())
                        .put("digest", info.digest())
                        .put("convention", info.tree().convention())
                        .put("generates", info.signature().causal());
        ArrayNode modules = document.putArray("modules");
        for (Module module : inTreeOrder()) {
            ObjectNode entry =
                    modules.addObject().put("path", module.path()).put("class", module.className());
            ArrayNode points = entry.putArray("points");
            module.sites().forEach(site -> points.add(point(site)));
        }
        info.tree().unhooked().forEach(document.putObject("unhooked")::put);
        return document;
    }

    private static ObjectNode point(Site site) {
        ObjectNode point =
                JSON.createObjectNode()
                        .put("at", site.point().toString())
                        .put("io", site.point().io().wireName())
                        .put("index", site.point().index())
                        .put("visit", site.visit())
                        .put("dtype", site.dtype().wireName());
        ArrayNode shape = point.putArray("shape");
        for (String axis : axes(site)) {
            if (Character.isDigit(axis.charAt(0))) {
                shape.add(Integer.parseInt(axis));
            } else {
                shape.add(axis);
            }
        }
        return point;
    }

    /** Modules come in the order of their outputs; a tree lists the outer one first. */
    private List<Module> inTreeOrder() {
        List<Module> ordered = new ArrayList<>();
        for (Module module : info.tree().modules()) {
            int at = ordered.size();
            while (at > 0 && ordered.get(at - 1).path().startsWith(module.path() + ".")) {
                at--;
            }
            ordered.add(at, module);
        }
        return ordered;
    }

    private static String name(Module module) {
        int depth = (int) module.path().chars().filter(letter -> letter == '.').count();
        return "  ".repeat(depth) + module.path().substring(module.path().lastIndexOf('.') + 1);
    }

    private static String label(Site site) {
        String index = site.point().index() == 0 ? "" : "s[" + site.point().index() + "]";
        String visit = site.visit() == 0 ? "" : " visit " + site.visit();
        return site.point().io().wireName() + index + visit;
    }

    private static String type(Site site) {
        return site.dtype().wireName() + "[" + String.join(", ", axes(site)) + "]";
    }

    private static List<String> axes(Site site) {
        String width = Integer.toString(site.width());
        return switch (site.layout()) {
            case SEQUENCE, FLAT -> List.of("tokens", width);
            case ATTENTION -> List.of(width, "tokens", "keys");
            case POOLED -> List.of(width);
        };
    }
}
