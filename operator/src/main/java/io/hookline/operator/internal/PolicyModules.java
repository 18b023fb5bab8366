/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.model.Module;
import io.hookline.model.ModuleTree;
import io.hookline.program.CachePolicy;
import io.hookline.program.Program;
import io.hookline.schema.Destination;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which modules of a model a policy records. */
final class PolicyModules {
    private final ModuleTree tree;

    PolicyModules(ModuleTree tree) {
        this.tree = tree;
    }

    /** Where the activations go that a policy of that body records, by its names. */
    Set<Destination> of(Program body) {
        Set<Destination> destinations = new LinkedHashSet<>();
        for (CachePolicy cache : body.cache()) {
            for (Module module : recorded(cache)) {
                String name = cache.names().rename().getOrDefault(module.path(), module.path());
                destinations.add(new Destination.Activations(name));
            }
        }
        return destinations;
    }

    private List<Module> recorded(CachePolicy cache) {
        return cache
                .modules()
                .map(names -> names.stream().flatMap(name -> tree.matching(name).stream()).toList())
                .orElseGet(tree::modules)
                .stream()
                .filter(module -> !module.sites().isEmpty())
                .toList();
    }
}
