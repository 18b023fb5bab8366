/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import io.hookline.program.TensorValue.Literal;
import io.hookline.schema.ElementType;

/** Functions that tests call, found as those of users are. */
public final class TestFunctions {
    private TestFunctions() {}

    /** {@code h · by}. */
    public static final class Times implements InterventionFunction {
        @Override
        public String name() {
            return "times";
        }

        @Override
        public void check(FunctionArgs args) {
            args.number("by");
        }

        @Override
        public Literal apply(FunctionCall call) {
            float by = (float) call.args().number("by");
            float[] values = call.value().values();
            for (int i = 0; i < values.length; i++) {
                values[i] *= by;
            }
            return call.result(values);
        }
    }

    /** Throws, wherever it is called. */
    public static final class Failing implements InterventionFunction {
        @Override
        public String name() {
            return "failing";
        }

        @Override
        public Literal apply(FunctionCall call) {
            throw new IllegalStateException("no luck");
        }
    }

    /** Returns one number more than there is room for. */
    public static final class Misshapen implements InterventionFunction {
        @Override
        public String name() {
            return "misshapen";
        }

        @Override
        public Literal apply(FunctionCall call) {
            return new Literal(
                    ElementType.FLOAT32, new int[] {call.width() + 1}, new float[call.width() + 1]);
        }
    }
}
