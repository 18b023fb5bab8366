/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

import io.hookline.model.Site;
import io.hookline.program.FunctionArgs;
import io.hookline.program.InterventionFunction;
import io.hookline.program.TensorValue.Literal;
import io.hookline.program.TokenSelector;

/** What an edit makes of the value h at its site; numbers ready to be fed. */
public sealed interface EditValue {
    /** Which nodes it needs in the graph. */
    EditKind kind();

    /** h becomes the value. */
    record Put(Literal value) implements EditValue {
        @Override
        public EditKind kind() {
            return EditKind.PUT;
        }
    }

    /** h becomes h + the value. */
    record Plus(Literal value) implements EditValue {
        @Override
        public EditKind kind() {
            return EditKind.PLUS;
        }
    }

    /** h becomes h · by. */
    record Times(float by) implements EditValue {
        @Override
        public EditKind kind() {
            return EditKind.TIMES;
        }
    }

    /** h becomes min(max(h, low), high). */
    record Limit(float low, float high) implements EditValue {
        @Override
        public EditKind kind() {
            return EditKind.LIMIT;
        }
    }

    /** h loses its component along the direction, which has length 1. */
    record Without(Literal direction) implements EditValue {
        @Override
        public EditKind kind() {
            return EditKind.WITHOUT;
        }
    }

    /** h becomes keep · h + the value. */
    record Blend(float keep, Literal value) implements EditValue {
        @Override
        public EditKind kind() {
            return EditKind.BLEND;
        }
    }

    /** h becomes its mean over all positions of the invocation in this step. */
    record OwnMean() implements EditValue {
        @Override
        public EditKind kind() {
            return EditKind.OWN_MEAN;
        }
    }

    /** h becomes what another row of the trace has at the source site. */
    record FromRow(int row, Site source, TokenSelector tokens) implements EditValue {
        @Override
        public EditKind kind() {
            return EditKind.FROM_ROW;
        }
    }

    /** h becomes what Java code makes of it, between two parts of the forward pass. */
    record Call(InterventionFunction function, FunctionArgs args) implements EditValue {
        @Override
        public EditKind kind() {
            return EditKind.CALL;
        }
    }

    /** h becomes the value at the module's own input: how a module is skipped. */
    record FromInput(Site input) implements EditValue {
        @Override
        public EditKind kind() {
            return EditKind.FROM_INPUT;
        }
    }
}
