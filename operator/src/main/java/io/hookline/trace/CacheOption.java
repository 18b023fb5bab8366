/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One argument of {@link Mediator#cache}. */
@FunctionalInterface
public interface CacheOption {
    /** Changes what is asked for. */
    void apply(Wanted wanted);

    /** What a cache is asked to record. */
    final class Wanted {
        private final List<String> modules = new ArrayList<>();
        private boolean all = true;
        private boolean output = true;
        private boolean inputs;
        private boolean attention;
        private boolean unknownIsError = true;
        private java.util.Optional<ElementType> dtype = java.util.Optional.empty();

        Wanted() {}

        List<String> modules() {
            return modules;
        }

        boolean isAll() {
            return all;
        }

        boolean output() {
            return output;
        }

        boolean inputs() {
            return inputs;
        }

        boolean attention() {
            return attention;
        }

        boolean unknownIsError() {
            return unknownIsError;
        }

        java.util.Optional<ElementType> dtype() {
            return dtype;
        }
    }

    /** Only these modules, by path or glob; without this option all are recorded. */
    static CacheOption modules(String... pathsOrGlobs) {
        return wanted -> {
            wanted.all = false;
            wanted.modules.addAll(Arrays.asList(pathsOrGlobs));
        };
    }

    /** Only these modules. */
    static CacheOption modules(Envoy... envoys) {
        return modules(Arrays.stream(envoys).map(Envoy::path).toArray(String[]::new));
    }

    /** Rounds what is recorded to a type. */
    static CacheOption dtype(ElementType dtype) {
        return wanted -> wanted.dtype = java.util.Optional.of(dtype);
    }

    /** Whether outputs are recorded; they are, by default. */
    static CacheOption includeOutput(boolean include) {
        return wanted -> wanted.output = include;
    }

    /** Whether inputs are recorded; they are not, by default. */
    static CacheOption includeInputs(boolean include) {
        return wanted -> wanted.inputs = include;
    }

    /** Whether the attention probabilities of attention modules are recorded. */
    static CacheOption includeAttention(boolean include) {
        return wanted -> wanted.attention = include;
    }

    /** Leaves out names that no module has, which are errors otherwise. */
    static CacheOption ignoreUnknownModules() {
        return wanted -> wanted.unknownIsError = false;
    }

    /** Where records are kept: on the heap, whatever the model runs on. */
    static CacheOption device(String device) {
        if (!device.equals("cpu")) {
            throw new TraceException(
                    ErrorCode.UNSUPPORTED_PROGRAM,
                    "records are kept on 'cpu', not on '" + device + "'");
        }
        return wanted -> {};
    }

    /** Accepted for nnsight's sake: there is no gradient to detach from. */
    static CacheOption detach(boolean detach) {
        return wanted -> {};
    }
}
