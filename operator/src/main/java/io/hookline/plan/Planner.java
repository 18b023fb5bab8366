/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import static java.util.Objects.requireNonNull;

import io.hookline.model.ModelLimits;
import io.hookline.model.ModelSignature;
import io.hookline.model.ModuleTree;
import io.hookline.program.CachePolicy;
import io.hookline.program.EventHash;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Invocation;
import io.hookline.program.Problem;
import io.hookline.program.Program;
import io.hookline.program.ProgramDraft;
import io.hookline.program.ProgramException;
import io.hookline.program.SignalDefinition;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks programs against a model. A complete program, one without names that still have to be
 * looked up, becomes rows of edits and captures, or is refused with everything that is wrong with
 * it.
 */
public final class Planner {
    private final Target target;
    private final PromptTokenizer tokenizer;
    private final CachePlanner.Recordable recordable;
    private final SignalPlanner signals;

    /** What programs are checked against. */
    public record Target(
            String model, ModuleTree tree, ModelSignature signature, ModelLimits limits) {}

    public Planner(Target target, PromptTokenizer tokenizer) {
        this.target = requireNonNull(target, "target");
        this.tokenizer = requireNonNull(tokenizer, "tokenizer");
        this.recordable = CachePlanner.Recordable.of(target);
        this.signals = new SignalPlanner(target);
    }

    /**
     * Plans a program.
     *
     * @param functions what it may call
     * @throws ProgramException with every problem, in the order of the program reference
     */
    public PlannedTrace plan(Program program, InterventionFunctions functions)
            throws ProgramException {
        ProblemLog problems = new ProblemLog();
        PlannedTrace trace = plan(program, new Besides(functions, List.of()), problems);
        if (!problems.problems().isEmpty()) {
            throw new ProgramException(problems.problems());
        }
        return trace;
    }

    /**
     * Plans what could be read of a document, and what is measured besides.
     *
     * @param functions what it may call
     * @param requests what is measured; those that don't fit the model measure nothing
     * @throws ProgramException with every problem, the document's own and those with the model, in
     *     document order
     */
    public PlannedTrace plan(
            ProgramDraft draft, InterventionFunctions functions, List<SignalRequest> requests)
            throws ProgramException {
        ProblemLog problems = new ProblemLog();
        PlannedTrace trace = plan(draft.program(), new Besides(functions, requests), problems);
        draft.with(problems.problems()).orThrow();
        return trace;
    }

    /** What is wrong with a signal on this model, by pointers of its control event. */
    public List<Problem> problems(SignalDefinition signal) {
        return signals.problems(signal);
    }

    /** What a program runs with besides its own document. */
    private record Besides(InterventionFunctions functions, List<SignalRequest> requests) {}

    private PlannedTrace plan(Program program, Besides besides, ProblemLog problems) {
        checkModel(program, problems);
        PromptPlanner prompts = new PromptPlanner(tokenizer, target.limits(), problems);
        HookPointFinder finder = new HookPointFinder(target.model(), target.tree(), problems);
        List<RowContext> rows = new ArrayList<>();
        for (int i = 0; i < program.invocations().size(); i++) {
            Invocation invocation = program.invocations().get(i);
            rows.add(
                    new RowContext(
                            prompts.tokens(invocation, i, program.steps()),
                            joined(program.interventions(), invocation.interventions())));
        }
        RowPlanner.Names names = new RowPlanner.Names(target.tree(), finder, besides.functions());
        return new PlannedTrace(
                program,
                measured(rows(program, rows, names, problems), rows, besides.requests(), program));
    }

    private List<PlannedRow> rows(
            Program program, List<RowContext> rows, RowPlanner.Names names, ProblemLog problems) {
        int steps = PromptPlanner.steps(program, target.limits());
        RowPlanner planner = new RowPlanner(names, problems, steps);
        rows.forEach(row -> planner.prepare(row, program.stop()));
        List<List<PlannedEdit>> edits = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            edits.add(planner.edits(i, rows));
        }
        PatchPlanner patches = new PatchPlanner(names.finder(), problems);
        patches.checkCycles(edits);
        if (target.signature().past().isEmpty()) {
            patches.checkCrossings(edits);
        }
        CachePlanner caches = new CachePlanner(recordable, names.finder(), problems, steps);
        List<PlannedRow> planned = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            RowContext row = rows.get(i);
            planned.add(
                    new PlannedRow(
                            row.tokens(),
                            edits.get(i),
                            captures(program, i, row, caches),
                            List.of(),
                            row.stop()));
        }
        return planned;
    }

    private List<PlannedRow> measured(
            List<PlannedRow> planned,
            List<RowContext> rows,
            List<SignalRequest> requests,
            Program program) {
        if (requests.isEmpty()) {
            return planned;
        }
        int steps = PromptPlanner.steps(program, target.limits());
        List<PlannedRow> measured = new ArrayList<>();
        for (int i = 0; i < planned.size(); i++) {
            PlannedRow row = planned.get(i);
            RowContext context = rows.get(i);
            List<PlannedSignal> own = new ArrayList<>();
            for (SignalRequest request : requests) {
                own.addAll(signals.signals(request, context, row.edits(), steps));
            }
            measured.add(row.measuring(own));
        }
        return measured;
    }

    private static List<PlannedCapture> captures(
            Program program, int row, RowContext context, CachePlanner planner) {
        List<CachePolicy> policies =
                joined(program.cache(), program.invocations().get(row).cache());
        List<PlannedCapture> captures = new ArrayList<>();
        String id = program.about().id().orElse("");
        for (int i = 0; i < policies.size(); i++) {
            String name = policies.get(i).name().orElse(String.valueOf(i));
            List<PlannedCapture> planned = planner.captures(policies.get(i), name, context);
            if (policies.get(i).sample() >= 1 || EventHash.selects(id, policies.get(i).sample())) {
                captures.addAll(planned);
            }
        }
        return captures;
    }

    private void checkModel(Program program, ProblemLog problems) {
        program.about()
                .model()
                .filter(name -> !name.equals(target.model()))
                .ifPresent(
                        name ->
                                problems.add(
                                        ErrorCode.UNKNOWN_MODEL,
                                        "/model",
                                        "no model '%s', there is '%s'"
                                                .formatted(name, target.model())));
        if (program.generate().isPresent() && !target.signature().causal()) {
            problems.add(
                    ErrorCode.UNSUPPORTED_MODEL,
                    "/generate",
                    "model '%s' is an encoder and can't generate".formatted(target.model()));
        }
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
