/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import io.hookline.model.Values.Value;
import io.hookline.program.Io;
import java.util.ArrayList;
import java.util.List;

/**
 * The tree of a model in which no module can be recognised: one module per tensor that carries a
 * value, named after the tensor, and the root.
 */
final class TensorModules {
    private final ModelGraph graph;
    private final Values values;

    TensorModules(ModelGraph graph, Values values) {
        this.graph = graph;
        this.values = values;
    }

    ModuleTree tree() {
        List<Module> modules = new ArrayList<>();
        for (int node = 0; node < graph.nodes().size(); node++) {
            boolean softmax = graph.nodes().get(node).getOpType().equals("Softmax");
            for (String tensor : graph.nodes().get(node).getOutputList()) {
                String path = ModuleTree.ROOT + "." + tensor;
                if (softmax) {
                    values.attention(tensor)
                            .ifPresent(v -> modules.add(module(path, v, Io.ATTENTION, modules)));
                }
                values.of(tensor)
                        .filter(value -> !softmax || value.hasTokens())
                        .ifPresent(v -> modules.add(module(path, v, Io.OUTPUT, modules)));
            }
        }
        modules.stream()
                .filter(module -> graph.outputs().contains(module.sites().get(0).tensor()))
                .reduce((earlier, later) -> later)
                .ifPresent(last -> modules.add(root(last, modules.size())));
        return ModuleTree.of("no modules, hook points by tensor name", modules);
    }

    private Module module(String path, Value value, Io io, List<Module> before) {
        return new Module(
                path,
                "",
                List.of(
                        new Site(
                                HookPoint.of(path, io),
                                0,
                                before.size(),
                                value.tensor(),
                                value.dtype(),
                                value.layout(),
                                value.width(),
                                graph.consumers(value.tensor()),
                                graph.outputs().contains(value.tensor())
                                        ? List.of(value.tensor())
                                        : List.of())));
    }

    private static Module root(Module last, int order) {
        Site site = last.sites().get(0);
        return new Module(
                ModuleTree.ROOT,
                "",
                List.of(
                        new Site(
                                HookPoint.of(ModuleTree.ROOT, Io.OUTPUT),
                                0,
                                order,
                                site.tensor(),
                                site.dtype(),
                                site.layout(),
                                site.width(),
                                List.of(),
                                site.graphOutputs())));
    }
}
