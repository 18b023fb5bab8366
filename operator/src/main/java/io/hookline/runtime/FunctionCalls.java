/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.model.Site;
import io.hookline.plan.Broadcast;
import io.hookline.plan.EditValue;
import io.hookline.plan.PlannedEdit;
import io.hookline.program.FunctionCall;
import io.hookline.program.InterventionFunction;
import io.hookline.program.TensorValue.Literal;
import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The functions that a pass calls, slot by slot and row by row. What a function does wrong ends its
 * own trace: the other rows never see it.
 */
final class FunctionCalls implements PassInterrupt {
    private final Pass pass;
    private final Map<Integer, SlotSchedule.Filled> slots;

    /**
     * @param slots by their index in the pass's structure
     */
    FunctionCalls(Pass pass, Map<Integer, SlotSchedule.Filled> slots) {
        this.pass = pass;
        this.slots = slots;
    }

    /** One edit of one row, in one step. */
    private record At(Site site, int row, PlannedEdit edit, Pass.Placed placed) {}

    /** Why a call came to nothing. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
        private final transient TraceOutcome.Failed outcome;

        Refused(ErrorCode code, String message, Throwable cause) {
            super(message, cause);
            this.outcome = new TraceOutcome.Failed(code, message);
        }

        Refused(ErrorCode code, String message) {
            super(message);
            this.outcome = new TraceOutcome.Failed(code, message);
        }
    }

    @Override
    public Optional<HostTensor> at(CutValue value) {
        SlotSchedule.Filled slot = slots.get(value.slot().orElseThrow());
        if (slot == null) {
            throw new IllegalStateException("no call waits at slot " + value.slot());
        }
        float[] whole = value.floats();
        for (int row = 0; row < pass.batch(); row++) {
            PlannedEdit edit = slot.edits()[row];
            if (edit != null && pass.rows().get(row).failure().isEmpty()) {
                call(value.site(), row, edit, whole);
            }
        }
        return Optional.of(value.replacement(whole));
    }

    private void call(Site site, int row, PlannedEdit edit, float[] whole) {
        try {
            for (Pass.Placed placed : pass.placed(row, edit, edit.tokens())) {
                At at = new At(site, row, edit, placed);
                OwnRegion region = OwnRegion.of(pass, site, row, placed);
                Literal result = result(at, region, whole);
                region.write(whole, Broadcast.of(result, region.shape().length), edit.units());
            }
        } catch (Refused refused) {
            pass.rows().stream()
                    .filter(other -> other.number() == pass.rows().get(row).number())
                    .forEach(other -> other.fail(refused.outcome));
        }
    }

    /** A step that is computed again gets what it got the first time. */
    private Literal result(At at, OwnRegion region, float[] whole) throws Refused {
        ActiveRow row = pass.rows().get(at.row());
        Optional<Literal> before = row.returned(at.edit(), at.placed().step());
        if (before.isPresent()) {
            return before.get();
        }
        Literal result = applied(at, region, whole);
        checkFits(at, region, result);
        if (pass.recomputes()) {
            row.remember(at.edit(), at.placed().step(), result);
        }
        return result;
    }

    // Whatever the user's code throws is the event's own trouble, but for what ends the process.
    @SuppressWarnings("IllegalCatch")
    private Literal applied(At at, OwnRegion region, float[] whole) throws Refused {
        EditValue.Call call = (EditValue.Call) at.edit().value();
        FunctionCall arguments =
                new FunctionCall(
                        at.site().point().toString(),
                        at.site().visit(),
                        at.placed().step(),
                        tokens(at),
                        new Literal(ElementType.FLOAT32, region.shape(), region.read(whole)),
                        call.args());
        Literal result;
        try {
            result = call.function().apply(arguments);
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new Refused(
                    ErrorCode.INFERENCE_FAILED, "%s failed: %s".formatted(named(at), e), e);
        }
        if (result == null) {
            throw new Refused(ErrorCode.INFERENCE_FAILED, named(at) + " returned nothing");
        }
        return result;
    }

    private static void checkFits(At at, OwnRegion region, Literal result) throws Refused {
        if (!Broadcast.fits(result.shape(), region.shape())) {
            throw new Refused(
                    ErrorCode.SHAPE_MISMATCH,
                    "%s returned a value of shape %s, which does not broadcast to %s"
                            .formatted(
                                    named(at),
                                    Arrays.toString(result.shape()),
                                    Arrays.toString(region.shape())));
        }
    }

    /** Positions within the step. */
    private int[] tokens(At at) {
        int first = pass.own(at.row())[0];
        return at.site().layout() == Site.Layout.POOLED
                ? new int[1]
                : Arrays.stream(at.placed().positions()).map(each -> each - first).toArray();
    }

    private static String named(At at) {
        InterventionFunction function = ((EditValue.Call) at.edit().value()).function();
        return "function '%s' at '%s' in step %d"
                .formatted(function.name(), at.site().point(), at.placed().step());
    }
}
