/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Writes interventions; each operation has fields of its own. */
final class OperationWriter {
    private static final Map<Class<? extends Operation>, Form<Operation>> FORMS = forms();

    private interface Form<T extends Operation> {
        void write(T operation, ObjectWriter out) throws IOException;
    }

    private OperationWriter() {}

    static void write(Intervention intervention, ObjectWriter out) throws IOException {
        Operation operation = intervention.operation();
        out.json().writeStartObject();
        out.text("at", intervention.at());
        out.text("op", operation.op());
        Form<Operation> form = FORMS.get(operation.getClass());
        if (form != null) {
            form.write(operation, out);
        }
        out.steps(intervention.steps(), new StepSelector.At(0));
        out.tokens(intervention.tokens());
        out.units(intervention.units());
        out.text("name", intervention.name());
        out.json().writeEndObject();
    }

    private static Map<Class<? extends Operation>, Form<Operation>> forms() {
        Map<Class<? extends Operation>, Form<Operation>> forms = new HashMap<>();
        put(forms, Operation.Replace.class, (op, out) -> out.tensor("value", op.value()));
        put(forms, Operation.Add.class, OperationWriter::add);
        put(forms, Operation.Scale.class, (op, out) -> out.json().writeNumberField("by", op.by()));
        put(forms, Operation.Mean.class, OperationWriter::mean);
        put(forms, Operation.Clamp.class, OperationWriter::clamp);
        put(
                forms,
                Operation.ProjectOut.class,
                (op, out) -> out.tensor("direction", op.direction()));
        put(forms, Operation.Lerp.class, OperationWriter::lerp);
        put(forms, Operation.Patch.class, OperationWriter::patch);
        put(forms, Operation.Skip.class, OperationWriter::skip);
        put(forms, Operation.Call.class, OperationWriter::call);
        return forms;
    }

    private static <T extends Operation> void put(
            Map<Class<? extends Operation>, Form<Operation>> forms, Class<T> type, Form<T> form) {
        forms.put(type, (operation, out) -> form.write(type.cast(operation), out));
    }

    private static void add(Operation.Add add, ObjectWriter out) throws IOException {
        out.tensor("vector", add.vector());
        out.number("scale", add.scale(), 1);
    }

    private static void mean(Operation.Mean mean, ObjectWriter out) throws IOException {
        if (mean.value().isPresent()) {
            out.tensor("value", mean.value().get());
        }
    }

    private static void clamp(Operation.Clamp clamp, ObjectWriter out) throws IOException {
        out.number("min", clamp.min());
        out.number("max", clamp.max());
    }

    private static void lerp(Operation.Lerp lerp, ObjectWriter out) throws IOException {
        out.tensor("to", lerp.to());
        out.json().writeNumberField("weight", lerp.weight());
    }

    private static void patch(Operation.Patch patch, ObjectWriter out) throws IOException {
        out.json().writeObjectFieldStart("from");
        out.json().writeNumberField("invocation", patch.invocation());
        out.text("at", patch.at());
        if (patch.tokens().isPresent()) {
            TokenSelector tokens = patch.tokens().get();
            if (tokens instanceof TokenSelector.All) {
                out.text("tokens", "all");
            } else {
                out.tokens(tokens);
            }
        }
        out.json().writeEndObject();
    }

    private static void skip(Operation.Skip skip, ObjectWriter out) throws IOException {
        if (skip.with().isPresent()) {
            out.tensor("with", skip.with().get());
        } else {
            out.text("with", "input");
        }
    }

    private static void call(Operation.Call call, ObjectWriter out) throws IOException {
        out.text("function", call.function());
        if (!call.args().isEmpty()) {
            out.json().writeObjectFieldStart("args");
            for (Map.Entry<String, String> arg : new TreeMap<>(call.args()).entrySet()) {
                out.json().writeFieldName(arg.getKey());
                out.json().writeRawValue(arg.getValue());
            }
            out.json().writeEndObject();
        }
    }
}
