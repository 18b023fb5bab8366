/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.io.IOException;
import java.util.Locale;

/** Writes cache policies. */
final class CachePolicyWriter {
    private CachePolicyWriter() {}

    static void write(CachePolicy cache, ObjectWriter out) throws IOException {
        out.json().writeStartObject();
        out.text("name", cache.name());
        if (cache.modules().isPresent()) {
            out.list("modules", cache.modules().get());
        }
        ios(cache.ios(), out);
        out.text("dtype", cache.dtype().map(dtype -> dtype.wireName()));
        out.texts("rename", cache.names().rename());
        out.texts("alias", cache.names().alias());
        out.steps(cache.selection().steps(), new StepSelector.All());
        out.tokens(cache.selection().tokens());
        out.units(cache.selection().units());
        if (!cache.names().unknownIsError()) {
            out.text("unknown_modules", "ignore");
        }
        out.number("sample", cache.sample(), 1);
        reduce(cache.reduce(), out);
        if (cache.stage() != CachePolicy.Stage.POST) {
            out.text("stage", cache.stage().name().toLowerCase(Locale.ROOT));
        }
        out.json().writeEndObject();
    }

    private static void ios(CachePolicy.Ios ios, ObjectWriter out) throws IOException {
        out.flag("include_output", ios.output(), true);
        out.flag("include_inputs", ios.inputs(), false);
        out.flag("include_attention", ios.attention(), false);
    }

    private static void reduce(Reduction reduce, ObjectWriter out) throws IOException {
        if (reduce instanceof Reduction.Project project) {
            out.json().writeObjectFieldStart("reduce");
            out.tensor("project", project.matrix());
            out.json().writeEndObject();
        } else if (reduce instanceof Reduction.Lens lens) {
            out.json().writeObjectFieldStart("reduce");
            out.json().writeNumberField("lens", lens.k());
            out.json().writeEndObject();
        } else if (!(reduce instanceof Reduction.None)) {
            out.text("reduce", reduce.wireName());
        }
    }
}
