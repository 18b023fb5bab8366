/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;
import io.hookline.program.Intervention;
import io.hookline.program.TensorValue;
import io.hookline.program.TensorValue.Literal;
import io.hookline.schema.ErrorCode;
import java.util.Arrays;

/**
 * Turns a program's tensors into operands that fit a site, with all arithmetic on constants done.
 */
final class OperandPlanner {
    private final ProblemLog problems;

    OperandPlanner(ProblemLog problems) {
        this.problems = problems;
    }

    /**
     * What the operand has to fit: where it acts, for which positions, and its name in the program.
     */
    record Target(
            Site site,
            Intervention intervention,
            StepSet steps,
            Positions positions,
            String field) {
        String pointer() {
            return intervention.pointer() + "/" + field;
        }
    }

    /** The literal, checked against each step that it acts in; a scalar 0 after a problem. */
    Literal fitting(TensorValue value, Target target) {
        if (!(value instanceof Literal literal)) {
            throw new IllegalStateException("unresolved vector " + value);
        }
        boolean growing = target.site().layout() == Site.Layout.ATTENTION;
        for (int step : target.steps().shapes(growing)) {
            if (!fits(literal, target, step)) {
                addMismatch(literal, target, step);
                return Literal.scalar(0);
            }
        }
        return literal;
    }

    /** The literal times a factor, in float32. */
    static Literal times(Literal literal, double factor) {
        float[] values = literal.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] *= (float) factor;
        }
        return new Literal(literal.dtype(), literal.shape(), values);
    }

    /**
     * The literal with each vector along its last axis brought to length 1.
     *
     * @param width length of the axis that the literal is broadcast to
     */
    static Literal normalised(Literal literal, int width) {
        float[] values = literal.values().clone();
        int[] shape = literal.shape();
        int own = shape.length == 0 ? 1 : shape[shape.length - 1];
        double copies = own == 1 ? width : 1;
        for (int start = 0; start < values.length; start += own) {
            double squares = 0;
            for (int i = start; i < start + own; i++) {
                squares += copies * values[i] * values[i];
            }
            float norm = (float) Math.sqrt(squares);
            for (int i = start; i < start + own; i++) {
                values[i] /= norm;
            }
        }
        return new Literal(literal.dtype(), shape, values);
    }

    private static boolean fits(Literal literal, Target target, int step) {
        int count = target.positions().count(target.intervention().tokens(), step);
        Site site = target.site();
        return count == 0
                || switch (site.layout()) {
                    case SEQUENCE, FLAT -> Broadcast.fits(literal.shape(), count, site.width());
                    case POOLED -> Broadcast.fits(literal.shape(), 1, site.width());
                    case ATTENTION ->
                            Broadcast.fits(
                                    literal.shape(),
                                    site.width(),
                                    count,
                                    target.positions().keys(step));
                };
    }

    private void addMismatch(Literal literal, Target target, int step) {
        Site site = target.site();
        int count = target.positions().count(target.intervention().tokens(), step);
        String allowed =
                site.layout() == Site.Layout.ATTENTION
                        ? "[%d, %d, %d]"
                                .formatted(site.width(), count, target.positions().keys(step))
                        : "[%d, %d]".formatted(count, site.width());
        problems.add(
                ErrorCode.SHAPE_MISMATCH,
                target.pointer(),
                "%s of shape %s does not broadcast to %s, the positions addressed and the width of '%s'"
                        .formatted(
                                target.field(),
                                Arrays.toString(literal.shape()),
                                allowed,
                                site.point()));
    }
}
