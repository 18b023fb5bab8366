/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;
import io.hookline.program.CachePolicy;
import io.hookline.program.Measure;
import io.hookline.program.Problem;
import io.hookline.program.SignalDefinition;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Finds where signals are measured on one model. Thread-safe. */
final class SignalPlanner {
    /** Hook points are looked for once; more definitions than that are looked for again. */
    private static final int KEPT = 4096;

    private static final String AT = "/body/at";

    /** Where every model hands out its logits. */
    private static final String NEXT_TOKEN = "model.output";

    private final Planner.Target target;
    private final List<Site> blocks;
    private final Map<String, Found> found = new ConcurrentHashMap<>();

    private record Found(List<Site> sites, List<Problem> problems) {}

    SignalPlanner(Planner.Target target) {
        this.target = target;
        this.blocks = target.tree().blocks();
    }

    /** What is wrong with a definition on this model, by pointers of its control event. */
    List<Problem> problems(SignalDefinition definition) {
        if (definition.measure().isOfTokens() && !target.signature().causal()) {
            return List.of(
                    new Problem(
                            ErrorCode.UNSUPPORTED_MODEL,
                            "/body/kind",
                            "model '%s' is an encoder and has no next token"
                                    .formatted(target.model())));
        }
        Found at = at(definition);
        if (!at.problems().isEmpty()) {
            return at.problems();
        }
        List<Problem> problems = new ArrayList<>();
        for (Site site : at.sites()) {
            misfit(definition.measure(), site, problems);
        }
        return problems;
    }

    /**
     * What a row measures; nothing where the definition does not fit this model.
     *
     * @param edits the row's, which signals of a change are about
     */
    List<PlannedSignal> signals(
            SignalRequest request, RowContext row, List<PlannedEdit> edits, int steps) {
        SignalDefinition definition = request.definition();
        StepSet asked = StepSet.of(definition.selection().steps().of(steps));
        List<PlannedSignal> planned = new ArrayList<>();
        if (asked.isEmpty() || !problems(definition).isEmpty()) {
            return planned;
        }
        for (Site site : at(definition).sites()) {
            StepSet reached = row.running(site, row.reached(site, asked));
            StepSet measured = measured(definition.measure(), site, reached, edits);
            if (!measured.isEmpty()) {
                add(request, site, measured, planned);
            }
        }
        return planned;
    }

    private static StepSet measured(
            Measure measure, Site site, StepSet reached, List<PlannedEdit> edits) {
        if (measure.isOfTokens()) {
            return edits.stream()
                    .map(edit -> edit.steps().first())
                    .min(Comparator.naturalOrder())
                    .map(reached::from)
                    .orElseGet(StepSet::of);
        }
        return measure.isOfChange() ? changed(site, reached, edits) : reached;
    }

    private static void add(
            SignalRequest request, Site site, StepSet steps, List<PlannedSignal> planned) {
        CachePolicy.Stage stage = request.definition().selection().stage();
        boolean ofChange = request.definition().measure().isOfChange();
        if (stage != CachePolicy.Stage.POST && !ofChange) {
            planned.add(new PlannedSignal(request, site, true, steps));
        }
        if (stage != CachePolicy.Stage.PRE || ofChange) {
            planned.add(new PlannedSignal(request, site, false, steps));
        }
    }

    /** The steps in which an edit acts there. */
    private static StepSet changed(Site site, StepSet steps, List<PlannedEdit> edits) {
        StepSet left = steps;
        for (PlannedEdit edit : edits) {
            if (edit.site().equals(site)) {
                left = left.without(edit.steps());
            }
        }
        return steps.without(left);
    }

    private Found at(SignalDefinition definition) {
        if (definition.at() instanceof SignalDefinition.HookPoints points) {
            return at(points.at());
        }
        if (definition.at() instanceof SignalDefinition.NextToken) {
            return at(NEXT_TOKEN);
        }
        int from =
                definition.at() instanceof SignalDefinition.LastBlock
                        ? Math.max(0, blocks.size() - 1)
                        : 0;
        return new Found(blocks.subList(from, blocks.size()), List.of());
    }

    private Found at(String at) {
        Found known = found.get(at);
        if (known != null) {
            return known;
        }
        Found sought = seek(at);
        if (found.size() < KEPT) {
            found.put(at, sought);
        }
        return sought;
    }

    private Found seek(String at) {
        ProblemLog problems = new ProblemLog();
        List<Site> sites = new HookPointFinder(target.model(), target.tree(), problems).at(at, AT);
        return new Found(sites, problems.problems());
    }

    private static void misfit(Measure measure, Site site, List<Problem> problems) {
        if (site.layout() == Site.Layout.ATTENTION) {
            problems.add(
                    new Problem(
                            ErrorCode.UNSUPPORTED_PROGRAM,
                            AT,
                            "'%s' has no width that a signal could be taken over"
                                    .formatted(site.point())));
            return;
        }
        measure.width()
                .filter(width -> width != site.width())
                .ifPresent(
                        width ->
                                problems.add(
                                        new Problem(
                                                ErrorCode.SHAPE_MISMATCH,
                                                "/body/" + measure.widthField(),
                                                "a %s of width %d does not fit '%s' of width %d"
                                                        .formatted(
                                                                measure.kind(),
                                                                width,
                                                                site.point(),
                                                                site.width()))));
        if (measure instanceof Measure.TopUnits top && top.k() > site.width()) {
            problems.add(
                    new Problem(
                            ErrorCode.SHAPE_MISMATCH,
                            "/body/k",
                            "'%s' has no %d units, it has %d"
                                    .formatted(site.point(), top.k(), site.width())));
        }
    }
}
