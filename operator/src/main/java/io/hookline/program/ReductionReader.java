/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what is made of a value before it is recorded. */
final class ReductionReader {
    private static final FieldNames NAMES = FieldNames.of("'reduce'", "project", "lens");
    private static final Map<String, Reduction> NAMED =
            Map.of(
                    "none", new Reduction.None(),
                    "mean", new Reduction.Mean(),
                    "max", new Reduction.Max(),
                    "norm", new Reduction.Norm());

    private ReductionReader() {}

    static Reduction read(Value value) {
        if (value.node().isTextual()) {
            return value.choice(NAMED, new Reduction.None());
        }
        Fields fields = Fields.of(value, NAMES);
        Optional<Value> project = fields.optional("project");
        Optional<Value> lens = fields.optional("lens");
        if (project.isPresent() == lens.isPresent() && value.node().isObject()) {
            refuse(fields, project.isPresent());
        }
        return project.<Reduction>map(matrix -> new Reduction.Project(TensorReader.read(matrix)))
                .or(() -> lens.map(k -> new Reduction.Lens(k.integer(1))))
                .orElseGet(Reduction.None::new);
    }

    private static void refuse(Fields fields, boolean both) {
        if (both) {
            fields.object().refuse("'reduce' takes 'project' or 'lens', not both");
        } else {
            fields.missing("'reduce' needs 'project' or 'lens'", List.of("project", "lens"));
        }
    }
}
