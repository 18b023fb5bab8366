/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads lists of interventions. */
final class InterventionReader {
    private InterventionReader() {}

    static List<Intervention> list(Optional<Value> list) {
        if (list.isEmpty()) {
            return List.of();
        }
        List<Intervention> interventions = new ArrayList<>();
        list.get().items().forEach(item -> read(item).ifPresent(interventions::add));
        return interventions;
    }

    /** The intervention, or empty when nothing of it can be checked further. */
    private static Optional<Intervention> read(Value item) {
        Fields fields = Fields.of(item, OperationReader.names(item));
        if (!item.node().isObject()) {
            return Optional.empty();
        }
        String at = fields.requiredName("at");
        Intervention intervention =
                new Intervention(
                        at,
                        OperationReader.read(fields),
                        fields.steps(new StepSelector.At(0)),
                        fields.tokens(),
                        fields.units(),
                        fields.optional("name").map(Value::text),
                        item.pointer());
        return at.isEmpty() ? Optional.empty() : Optional.of(intervention);
    }
}
