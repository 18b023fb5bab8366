/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.graph.CanonicalGraph;
import io.hookline.graph.CompiledPlan;
import io.hookline.graph.Pinning;
import io.hookline.graph.PlanCompiler;
import io.hookline.model.ModelDescription;
import io.hookline.model.ModelGraph;
import io.hookline.model.TestModels;
import io.hookline.plan.PlannedTrace;
import io.hookline.plan.TestPlans;
import java.util.ArrayList;
import java.util.List;

/** Programs brought down to passes and compiled plans, without running anything. */
final class Lowered {
    private Lowered() {}

    /** Rows of programs, as one batch has them. */
    static List<ActiveRow> rows(String... programs) {
        List<ActiveRow> rows = new ArrayList<>();
        for (int number = 0; number < programs.length; number++) {
            rows.addAll(rows(TestPlans.plan(programs[number]), number));
        }
        return rows;
    }

    static List<ActiveRow> rows(PlannedTrace trace, int number) {
        List<ActiveRow> rows = new ArrayList<>();
        for (int index = 0; index < trace.rows().size(); index++) {
            rows.add(new ActiveRow(trace, number, index));
        }
        return rows;
    }

    /** The rows after so many steps, in each of which they generated token 0. */
    static List<ActiveRow> after(int steps, List<ActiveRow> rows) {
        for (int step = 0; step < steps; step++) {
            rows.forEach(row -> row.append(new float[] {1, 0}, List.of()));
        }
        return rows;
    }

    /** The first pass of a program. */
    static LoweredPass first(String model, String program) {
        return PassLowering.lower(Pass.whole(rows(TestPlans.plan(model, program), 0), false));
    }

    /** What the first pass of a program runs, before anything is optimised. */
    static CompiledPlan compiled(String model, String program) {
        ModelDescription described = TestModels.describe(TestModels.path(model));
        CanonicalGraph canonical =
                new CanonicalGraph(
                        described.graph(),
                        ModelGraph.of(
                                Pinning.unpinned(
                                        Pinning.pinned(described.graph(), described.tree()),
                                        described.graph().outputs())),
                        described.tree(),
                        described.signature());
        return new PlanCompiler(canonical).compile(first(model, program).structure());
    }
}
