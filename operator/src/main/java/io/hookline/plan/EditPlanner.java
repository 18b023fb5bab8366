/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;
import io.hookline.plan.OperandPlanner.Target;
import io.hookline.program.FunctionArgs;
import io.hookline.program.Intervention;
import io.hookline.program.InterventionFunction;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Operation;
import io.hookline.program.TensorValue.Literal;
import io.hookline.schema.ErrorCode;
import java.util.Optional;

/**
 * Turns one operation at one site into numbers. Patches, skips of inputs and stops need more
 * context.
 */
final class EditPlanner {
    private final OperandPlanner operands;
    private final InterventionFunctions functions;
    private final ProblemLog problems;

    EditPlanner(InterventionFunctions functions, ProblemLog problems) {
        this.operands = new OperandPlanner(problems);
        this.functions = functions;
        this.problems = problems;
    }

    /** What the operation makes of the value at the site, for operations on one row alone. */
    Optional<EditValue> value(
            Intervention intervention, Site site, StepSet steps, Positions positions) {
        Operation operation = intervention.operation();
        if (operation instanceof Operation.Scale scale) {
            return Optional.of(new EditValue.Times((float) scale.by()));
        }
        if (operation instanceof Operation.Zero) {
            return Optional.of(new EditValue.Put(Literal.scalar(0)));
        }
        if (operation instanceof Operation.Clamp clamp) {
            return Optional.of(limit(clamp));
        }
        if (operation instanceof Operation.Call call) {
            return call(intervention, call);
        }
        return withOperand(intervention, new TargetAt(site, steps, positions));
    }

    private Optional<EditValue> call(Intervention intervention, Operation.Call call) {
        Optional<InterventionFunction> function = functions.find(call.function());
        if (function.isEmpty()) {
            problems.add(
                    ErrorCode.UNKNOWN_FUNCTION,
                    intervention.pointer() + "/function",
                    functions.refusal(call.function()));
            return Optional.empty();
        }
        FunctionArgs args = new FunctionArgs(call.args());
        try {
            function.get().check(args);
        } catch (RuntimeException e) {
            problems.add(
                    ErrorCode.MALFORMED_EVENT,
                    intervention.pointer() + (call.args().isEmpty() ? "" : "/args"),
                    "function '%s' refuses its arguments: %s"
                            .formatted(call.function(), e.getMessage()));
            return Optional.empty();
        }
        return Optional.of(new EditValue.Call(function.get(), args));
    }

    private record TargetAt(Site site, StepSet steps, Positions positions) {
        Target of(Intervention intervention, String field) {
            return new Target(site, intervention, steps, positions, field);
        }
    }

    private Optional<EditValue> withOperand(Intervention intervention, TargetAt at) {
        Operation operation = intervention.operation();
        if (operation instanceof Operation.Replace replace) {
            return Optional.of(
                    new EditValue.Put(
                            operands.fitting(replace.value(), at.of(intervention, "value"))));
        }
        if (operation instanceof Operation.Add add) {
            Literal vector = operands.fitting(add.vector(), at.of(intervention, "vector"));
            return Optional.of(new EditValue.Plus(OperandPlanner.times(vector, add.scale())));
        }
        if (operation instanceof Operation.Mean mean) {
            return Optional.of(
                    mean.value()
                            .<EditValue>map(
                                    value ->
                                            new EditValue.Put(
                                                    operands.fitting(
                                                            value, at.of(intervention, "value"))))
                            .orElseGet(EditValue.OwnMean::new));
        }
        if (operation instanceof Operation.ProjectOut project) {
            Literal direction =
                    operands.fitting(project.direction(), at.of(intervention, "direction"));
            return Optional.of(
                    new EditValue.Without(OperandPlanner.normalised(direction, width(at))));
        }
        if (operation instanceof Operation.Lerp lerp) {
            Literal to = operands.fitting(lerp.to(), at.of(intervention, "to"));
            return Optional.of(
                    new EditValue.Blend(
                            (float) (1 - lerp.weight()), OperandPlanner.times(to, lerp.weight())));
        }
        if (operation instanceof Operation.Skip skip && skip.with().isPresent()) {
            return Optional.of(
                    new EditValue.Put(
                            operands.fitting(skip.with().get(), at.of(intervention, "with"))));
        }
        throw new IllegalStateException(
                "operation '" + operation.op() + "' has no value of its own");
    }

    /** Length of the last axis; of attention, whose keys grow, in the first step. */
    private static int width(TargetAt at) {
        return at.site().layout() == Site.Layout.ATTENTION
                ? at.positions().keys(at.steps().first())
                : at.site().width();
    }

    private static EditValue limit(Operation.Clamp clamp) {
        return new EditValue.Limit(
                (float) clamp.min().orElse(Double.NEGATIVE_INFINITY),
                (float) clamp.max().orElse(Double.POSITIVE_INFINITY));
    }
}
