/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;
import io.hookline.program.Intervention;
import io.hookline.program.Io;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One invocation while it is being planned: its tokens, its edits in order, where it stops, what it
 * skips.
 */
final class RowContext {
    private final int[] tokens;
    private final List<Intervention> interventions;
    private final List<Skipped> skipped = new ArrayList<>();
    private Optional<PlannedStop> stop = Optional.empty();

    private record Skipped(String module, StepSet steps) {}

    RowContext(int[] tokens, List<Intervention> interventions) {
        this.tokens = tokens;
        this.interventions = List.copyOf(interventions);
    }

    int[] tokens() {
        return tokens;
    }

    Positions positions() {
        return new Positions(tokens.length);
    }

    List<Intervention> interventions() {
        return interventions;
    }

    Optional<PlannedStop> stop() {
        return stop;
    }

    /** Lets the row end there, unless it ends earlier anyway. */
    void stopAt(PlannedStop candidate) {
        if (stop.isEmpty() || stop.get().reaches(candidate.site(), candidate.step())) {
            stop = Optional.of(candidate);
        }
    }

    void skip(String module, StepSet steps) {
        skipped.add(new Skipped(module, steps));
    }

    /** The steps among those given in which the row gets to the site. */
    StepSet reached(Site site, StepSet steps) {
        return stop.map(at -> steps.upTo(at.reaches(site, at.step()) ? at.step() : at.step() - 1))
                .orElse(steps);
    }

    /** The steps among those given in which the site's module runs. */
    StepSet running(Site site, StepSet steps) {
        StepSet left = steps;
        for (Skipped skip : skipped) {
            if (isInside(site, skip.module())) {
                left = left.without(skip.steps());
            }
        }
        return left;
    }

    private static boolean isInside(Site site, String module) {
        String path = site.point().module();
        return path.startsWith(module + ".")
                || (path.equals(module) && site.point().io() == Io.ATTENTION);
    }
}
