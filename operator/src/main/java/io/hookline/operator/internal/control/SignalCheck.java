/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.control;

import io.hookline.operator.HooklineOptions;
import io.hookline.operator.InvocationSettings;
import io.hookline.program.ControlEntry;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.program.SignalDefinition;
import io.hookline.runtime.ModelRuntime;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.flink.configuration.IllegalConfigurationException;

/**
 * Whether signals can be measured on the models of a job. One that names no model has to fit one of
 * them; one for a model that is not there yet is taken as it is.
 */
public final class SignalCheck {
    private final Supplier<List<ModelRuntime>> models;

    public SignalCheck(Supplier<List<ModelRuntime>> models) {
        this.models = models;
    }

    /**
     * Checks a control event.
     *
     * @throws ProgramException when it is a probe that fits no model
     */
    public void check(ControlEntry entry) throws ProgramException {
        if (entry instanceof ControlEntry.Probe probe) {
            Optional<String> wanted = probe.match().flatMap(match -> match.model());
            List<Problem> problems =
                    problems(
                            probe.definition(),
                            model -> wanted.isEmpty() || wanted.get().equals(model.info().name()));
            if (!problems.isEmpty()) {
                throw new ProgramException(problems);
            }
        }
    }

    /**
     * Checks the signals that the job measures by itself.
     *
     * @throws IllegalConfigurationException when there is no such hook point
     */
    public void check(InvocationSettings.Signals signals) {
        for (SignalDefinition definition : signals.definitions()) {
            for (Problem problem : problems(definition, model -> true)) {
                throw new IllegalConfigurationException(
                        "'%s': %s".formatted(HooklineOptions.SIGNALS_AT.key(), problem.message()));
            }
        }
    }

    /** Those with the first model that is meant, unless another one fits. */
    private List<Problem> problems(SignalDefinition definition, Predicate<ModelRuntime> meant) {
        List<List<Problem>> byModel =
                models.get().stream()
                        .filter(meant)
                        .map(model -> model.problems(definition))
                        .toList();
        boolean fits = byModel.stream().anyMatch(List::isEmpty);
        return fits || byModel.isEmpty() ? List.of() : byModel.get(0);
    }
}
