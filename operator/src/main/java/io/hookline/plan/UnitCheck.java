/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;
import io.hookline.program.UnitSelector;
import io.hookline.schema.ErrorCode;
import java.util.List;

/** Turns unit selectors into indices of a site. */
final class UnitCheck {
    private static final int[] ALL = new int[0];

    private UnitCheck() {}

    /** The selected units, empty for all of them; a problem where one does not exist. */
    static int[] units(UnitSelector units, Site site, String pointer, ProblemLog problems) {
        if (units instanceof UnitSelector.All) {
            return ALL;
        }
        if (site.layout() == Site.Layout.ATTENTION) {
            problems.add(
                    ErrorCode.SHAPE_MISMATCH,
                    pointer,
                    "'%s' has no units, its last axis are the keys".formatted(site.point()));
            return ALL;
        }
        if (units instanceof UnitSelector.Listed listed
                && !inRange(listed.units(), site, pointer, problems)) {
            return ALL;
        }
        int[] selected = units.of(site.width());
        if (selected.length == 0) {
            problems.add(
                    ErrorCode.SHAPE_MISMATCH,
                    pointer,
                    "no units are selected, '%s' has units 0 to %d"
                            .formatted(site.point(), site.width() - 1));
        }
        return selected;
    }

    private static boolean inRange(
            List<Integer> units, Site site, String pointer, ProblemLog problems) {
        boolean fits = true;
        for (int i = 0; i < units.size(); i++) {
            int unit = units.get(i);
            if (unit < -site.width() || unit >= site.width()) {
                fits = false;
                problems.add(
                        ErrorCode.SHAPE_MISMATCH,
                        pointer + "/" + i,
                        "unit %d does not exist, '%s' has units 0 to %d"
                                .formatted(unit, site.point(), site.width() - 1));
            }
        }
        return fits;
    }
}
