/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import io.hookline.schema.ErrorCode;
import java.util.List;
import java.util.Map;

/** Puts values in the place of references to vectors, and collects those that have none. */
final class Resolution {
    private final Map<String, TensorValue.Literal> vectors;
    private final List<Problem> problems;

    Resolution(Map<String, TensorValue.Literal> vectors, List<Problem> problems) {
        this.vectors = vectors;
        this.problems = problems;
    }

    Program of(Program program) {
        if (program.vectors().isEmpty()) {
            return program;
        }
        return new Program(
                program.about(),
                program.policies(),
                program.invocations().stream().map(this::of).toList(),
                interventions(program.interventions()),
                caches(program.cache()),
                program.generate(),
                program.logits(),
                program.stop());
    }

    private Invocation of(Invocation invocation) {
        return invocation.with(
                interventions(invocation.interventions()), caches(invocation.cache()));
    }

    private List<Intervention> interventions(List<Intervention> interventions) {
        return interventions.stream().map(this::of).toList();
    }

    private List<CachePolicy> caches(List<CachePolicy> caches) {
        return caches.stream().map(this::of).toList();
    }

    private CachePolicy of(CachePolicy cache) {
        String pointer = cache.pointer() + "/reduce";
        return cache.with(
                cache.reduce()
                        .mapTensors((field, tensor) -> value(Pointers.of(pointer, field), tensor)));
    }

    private Intervention of(Intervention edit) {
        return edit.with(
                edit.operation().mapTensors((field, tensor) -> operand(edit, field, tensor)));
    }

    private TensorValue operand(Intervention edit, String field, TensorValue tensor) {
        String pointer = Pointers.of(edit.pointer(), field);
        TensorValue.Literal value = value(pointer, tensor);
        if (edit.operation() instanceof Operation.ProjectOut && Directions.hasZero(value)) {
            problems.add(new Problem(ErrorCode.MALFORMED_EVENT, pointer, Directions.ZERO));
        }
        return value;
    }

    private TensorValue.Literal value(String pointer, TensorValue tensor) {
        if (tensor instanceof TensorValue.Ref ref) {
            TensorValue.Literal value = vectors.get(ref.name());
            return value != null ? value : unknown(pointer, ref.name());
        }
        return (TensorValue.Literal) tensor;
    }

    private TensorValue.Literal unknown(String pointer, String name) {
        problems.add(
                new Problem(
                        ErrorCode.UNKNOWN_VECTOR,
                        Pointers.of(pointer, "ref"),
                        "no vector '%s'%s"
                                .formatted(
                                        Values.shortened(name),
                                        NearestName.hint(name, vectors.keySet()))));
        return TensorReader.PLACEHOLDER;
    }
}
