/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static java.util.Objects.requireNonNull;

import io.hookline.model.Site;
import java.util.List;
import java.util.Optional;

/**
 * Where a pass is cut, and the code that runs there.
 *
 * @param sites in forward order, none twice
 * @param code runs once at each site, in that order
 */
public record PassCuts(List<Site> sites, PassInterrupt code) {
    /** No cut at all. */
    public static final PassCuts NONE = new PassCuts(List.of(), value -> Optional.empty());

    public PassCuts {
        sites = List.copyOf(sites);
        requireNonNull(code, "code");
        for (int cut = 1; cut < sites.size(); cut++) {
            Site before = sites.get(cut - 1);
            if (before.order() >= sites.get(cut).order()) {
                throw new IllegalArgumentException(
                        "cuts come in forward order, got '%s' before '%s'"
                                .formatted(before.point(), sites.get(cut).point()));
            }
        }
    }
}
