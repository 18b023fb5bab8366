/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** What an intervention does to the value h at its hook point. */
public sealed interface Operation {
    /** The value of the field {@code op}. */
    String op();

    /** This operation with what the function makes of each of its tensors. */
    default Operation mapTensors(TensorMapping mapping) {
        return this;
    }

    /** Makes one tensor of another. */
    @FunctionalInterface
    interface TensorMapping {
        /** What becomes of the tensor in that field of the operation. */
        TensorValue map(String field, TensorValue tensor);
    }

    /** h becomes the value. */
    record Replace(TensorValue value) implements Operation {
        @Override
        public String op() {
            return "replace";
        }

        @Override
        public Operation mapTensors(TensorMapping mapping) {
            return new Replace(mapping.map("value", value));
        }
    }

    /** h becomes h + scale · vector. */
    record Add(TensorValue vector, double scale) implements Operation {
        @Override
        public String op() {
            return "add";
        }

        @Override
        public Operation mapTensors(TensorMapping mapping) {
            return new Add(mapping.map("vector", vector), scale);
        }
    }

    /** h becomes h · by. */
    record Scale(double by) implements Operation {
        @Override
        public String op() {
            return "scale";
        }
    }

    /** h becomes 0. */
    record Zero() implements Operation {
        @Override
        public String op() {
            return "zero";
        }
    }

    /** h becomes the given mean, else its own mean over all positions of this step. */
    record Mean(Optional<TensorValue> value) implements Operation {
        @Override
        public String op() {
            return "mean";
        }

        @Override
        public Operation mapTensors(TensorMapping mapping) {
            return new Mean(value.map(tensor -> mapping.map("value", tensor)));
        }
    }

    /** h is limited; at least one bound is present. */
    record Clamp(OptionalDouble min, OptionalDouble max) implements Operation {
        @Override
        public String op() {
            return "clamp";
        }
    }

    /** h loses its component along the direction, which is not zero. */
    record ProjectOut(TensorValue direction) implements Operation {
        @Override
        public String op() {
            return "project_out";
        }

        @Override
        public Operation mapTensors(TensorMapping mapping) {
            return new ProjectOut(mapping.map("direction", direction));
        }
    }

    /** h becomes (1 - weight) · h + weight · to. */
    record Lerp(TensorValue to, double weight) implements Operation {
        @Override
        public String op() {
            return "lerp";
        }

        @Override
        public Operation mapTensors(TensorMapping mapping) {
            return new Lerp(mapping.map("to", to), weight);
        }
    }

    /**
     * h becomes the value that another invocation has at the same visit.
     *
     * @param at the source's hook point, when it is another one
     * @param tokens the source's positions, when they are others
     */
    record Patch(int invocation, Optional<String> at, Optional<TokenSelector> tokens)
            implements Operation {
        @Override
        public String op() {
            return "patch";
        }
    }

    /**
     * The module does not run; its output becomes the value.
     *
     * @param with the value, or empty for the module's own input
     */
    record Skip(Optional<TensorValue> with) implements Operation {
        @Override
        public String op() {
            return "skip";
        }

        @Override
        public Operation mapTensors(TensorMapping mapping) {
            return new Skip(with.map(tensor -> mapping.map("with", tensor)));
        }
    }

    /** The invocation ends here, the others run on. */
    record Stop() implements Operation {
        @Override
        public String op() {
            return "stop";
        }
    }

    /** h becomes what the registered function returns; arguments are the JSON text of each. */
    record Call(String function, Map<String, String> args) implements Operation {
        public Call {
            args = Map.copyOf(args);
        }

        @Override
        public String op() {
            return "call";
        }
    }
}
