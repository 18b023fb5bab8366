/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Module;
import io.hookline.model.Site;
import io.hookline.schema.ElementType;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fills one cache while the model runs. */
final class CacheRecorder {
    private final Set<String> paths;
    private final CacheOption.Wanted wanted;
    private final CacheDict dict;
    private final Scope scope;
    private final List<Site> sites;
    private boolean active = true;

    private CacheRecorder(
            Set<String> paths, CacheOption.Wanted wanted, Modules modules, Scope scope) {
        this.paths = paths;
        this.wanted = wanted;
        this.dict = CacheDict.empty(modules);
        this.scope = scope;
        this.sites = modules.sites().stream().filter(this::wants).toList();
    }

    static CacheRecorder of(Modules modules, CacheOption[] options, Scope scope) {
        CacheOption.Wanted wanted = new CacheOption.Wanted();
        for (CacheOption option : options) {
            option.apply(wanted);
        }
        Set<String> paths = new HashSet<>();
        if (wanted.isAll()) {
            modules.tree().modules().forEach(module -> paths.add(module.path()));
        }
        for (String name : wanted.modules()) {
            List<Module> found = modules.matching(name);
            if (found.isEmpty() && wanted.unknownIsError()) {
                throw modules.unknown(name);
            }
            found.forEach(module -> paths.add(module.path()));
        }
        return new CacheRecorder(paths, wanted, modules, scope);
    }

    CacheDict dict() {
        return dict;
    }

    Scope scope() {
        return scope;
    }

    /** The sites that it records, in forward order. */
    List<Site> sites() {
        return sites;
    }

    boolean wants(Site site) {
        return active
                && paths.contains(site.point().module())
                && switch (site.point().io()) {
                    case OUTPUT -> wanted.output();
                    case INPUT -> wanted.inputs();
                    case ATTENTION -> wanted.attention();
                };
    }

    /**
     * Records a value.
     *
     * @param occurrence the visit, counted over the run
     */
    void record(Site site, int occurrence, Tensor value) {
        Optional<ElementType> dtype = wanted.dtype();
        dict.record(site.point(), occurrence, dtype.map(value::to).orElse(value));
    }

    /** Records nothing any more. */
    void end() {
        active = false;
    }
}
