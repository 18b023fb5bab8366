/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import io.hookline.schema.ErrorCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Reads what an intervention does; each operation has fields of its own. */
final class OperationReader {
    private static final FieldNames COMMON =
            FieldNames.of("an intervention", "at", "op", "steps", "tokens", "units", "name");
    private static final FieldNames SOURCE = FieldNames.of("'from'", "invocation", "at", "tokens");
    private static final Map<String, Form> FORMS = forms();
    private static final FieldNames ANY = anyOperation();
    private static final Form UNKNOWN = new Form(ANY, fields -> new Operation.Zero());

    private record Form(FieldNames names, Function<Fields, Operation> read) {}

    private OperationReader() {}

    /** The fields that an intervention of that operation may have; of any, when there is none. */
    static FieldNames names(Value intervention) {
        Form form = FORMS.get(intervention.node().path("op").asText());
        return form == null ? ANY : form.names();
    }

    static Operation read(Fields fields) {
        Optional<Value> op = fields.required("op");
        if (op.isEmpty()) {
            return new Operation.Zero();
        }
        Form form = op.get().choice(FORMS, UNKNOWN);
        return form.read().apply(fields);
    }

    private static Map<String, Form> forms() {
        Map<String, Form> forms = new LinkedHashMap<>();
        put(forms, "replace", f -> new Operation.Replace(f.requiredTensor("value")), "value");
        put(forms, "add", OperationReader::add, "vector", "scale");
        put(forms, "scale", f -> new Operation.Scale(f.requiredNumber("by")), "by");
        put(forms, "zero", f -> new Operation.Zero());
        put(
                forms,
                "mean",
                f -> new Operation.Mean(f.optional("value").map(TensorReader::read)),
                "value");
        put(forms, "clamp", OperationReader::clamp, "min", "max");
        put(forms, "project_out", OperationReader::projectOut, "direction");
        put(forms, "lerp", OperationReader::lerp, "to", "weight");
        put(forms, "patch", OperationReader::patch, "from");
        put(forms, "skip", OperationReader::skip, "with");
        put(forms, "stop", f -> new Operation.Stop());
        put(forms, "call", OperationReader::call, "function", "args");
        return forms;
    }

    private static void put(
            Map<String, Form> forms, String op, Function<Fields, Operation> read, String... own) {
        FieldNames names = COMMON.with("an intervention '%s'".formatted(op), List.of(own));
        forms.put(op, new Form(names, read));
    }

    private static FieldNames anyOperation() {
        Set<String> own = new TreeSet<>();
        FORMS.values().forEach(form -> own.addAll(form.names().names()));
        own.removeAll(COMMON.names());
        return COMMON.with("an intervention", List.copyOf(own));
    }

    private static Operation add(Fields fields) {
        return new Operation.Add(
                fields.requiredTensor("vector"),
                fields.optional("scale").map(Value::number).orElse(1.0));
    }

    private static Operation clamp(Fields fields) {
        OptionalDouble min = bound(fields, "min");
        OptionalDouble max = bound(fields, "max");
        if (min.isEmpty() && max.isEmpty()) {
            fields.missing("'clamp' needs 'min' or 'max'", List.of("min", "max"));
        }
        if (min.isPresent() && max.isPresent() && min.getAsDouble() > max.getAsDouble()) {
            fields.object()
                    .refuse(
                            "'min' %s is above 'max' %s"
                                    .formatted(min.getAsDouble(), max.getAsDouble()));
        }
        return new Operation.Clamp(min, max);
    }

    private static OptionalDouble bound(Fields fields, String name) {
        return fields.optional(name)
                .map(value -> OptionalDouble.of(value.number()))
                .orElse(OptionalDouble.empty());
    }

    private static Operation projectOut(Fields fields) {
        Optional<Value> value = fields.required("direction");
        TensorValue direction = value.map(TensorReader::read).orElse(TensorReader.PLACEHOLDER);
        if (direction instanceof TensorValue.Literal literal && Directions.hasZero(literal)) {
            value.orElseThrow().refuse(Directions.ZERO);
        }
        return new Operation.ProjectOut(direction);
    }

    private static Operation lerp(Fields fields) {
        return new Operation.Lerp(fields.requiredTensor("to"), fields.requiredNumber("weight"));
    }

    private static Operation patch(Fields fields) {
        Optional<Value> from = fields.required("from");
        if (from.isEmpty()) {
            return new Operation.Zero();
        }
        Fields source = Fields.of(from.get(), SOURCE);
        Optional<Integer> invocation = source.required("invocation").map(OperationReader::source);
        return new Operation.Patch(
                invocation.orElse(0),
                source.optional("at").map(Value::name),
                source.optional("tokens").map(SelectorReader::tokens));
    }

    private static int source(Value invocation) {
        if (invocation.isInteger() && invocation.node().intValue() < 0) {
            invocation.refuse(
                    ErrorCode.BARRIER_UNMET,
                    "no invocation %d to patch from".formatted(invocation.node().intValue()));
            return 0;
        }
        return invocation.integer(0);
    }

    private static Operation skip(Fields fields) {
        Optional<Value> with = fields.required("with");
        boolean input = with.filter(value -> "input".equals(value.node().textValue())).isPresent();
        if (!input && with.filter(value -> value.node().isTextual()).isPresent()) {
            with.get().refuseFor("'input' or a tensor");
            return new Operation.Skip(Optional.empty());
        }
        return new Operation.Skip(input ? Optional.empty() : with.map(TensorReader::read));
    }

    private static Operation call(Fields fields) {
        Map<String, String> args = new LinkedHashMap<>();
        fields.optional("args")
                .map(Value::members)
                .orElse(Map.of())
                .forEach((name, value) -> args.put(name, value.jsonText()));
        return new Operation.Call(fields.requiredName("function"), args);
    }
}
