/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.model.Site;
import io.hookline.program.TokenSelector;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/** What token selectors mean in one pass. The same one is often asked for at many sites. */
final class Selections {
    private final Pass pass;
    private final Map<Selection, Selected> known = new HashMap<>();
    private final IdentityHashMap<Selected, Selected> distinct = new IdentityHashMap<>();

    private record Selection(int row, TokenSelector tokens, boolean pooled) {}

    /**
     * Positions of one row.
     *
     * @param positions within the step
     * @param flat the same positions, flat over the batch
     */
    record Selected(int[] positions, long[] flat) {}

    Selections(Pass pass) {
        this.pass = pass;
    }

    /** The selected positions of a row in the value at a site. */
    Selected of(int row, TokenSelector tokens, Site site) {
        boolean pooled = site.layout() == Site.Layout.POOLED;
        return known.computeIfAbsent(new Selection(row, tokens, pooled), this::selected);
    }

    /** The same, each position once. */
    Selected once(int row, TokenSelector tokens, Site site) {
        Selected all = of(row, tokens, site);
        if (!(tokens instanceof TokenSelector.Listed)) {
            return all;
        }
        return distinct.computeIfAbsent(
                all,
                listed ->
                        new Selected(
                                Arrays.stream(listed.positions()).distinct().toArray(),
                                Arrays.stream(listed.flat()).distinct().toArray()));
    }

    private Selected selected(Selection selection) {
        int row = selection.row();
        if (selection.pooled()) {
            return new Selected(new int[1], new long[] {row});
        }
        int[] positions = selection.tokens().positions(pass.step(row), length(row));
        long[] flat = new long[positions.length];
        int offset = pass.own(row)[0];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = pass.flat(row, positions[i] + offset);
        }
        return new Selected(positions, flat);
    }

    private int length(int row) {
        return pass.step(row) == 0 ? pass.rows().get(row).promptLength() : 1;
    }
}
