/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a suite found out.
 *
 * @param threads threads of a forward pass
 * @param about what was run, in words for people
 */
record Report(String suite, String model, int threads, String about, List<Row> rows) {
    Report {
        rows = List.copyOf(rows);
    }

    /** The report as a table. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("%s on %s, %s".formatted(suite, model, about));
        lines.add(
                String.format(
                        Locale.ROOT,
                        "%-20s %8s %8s   %-8s %s",
                        "row",
                        "ratio",
                        "cpuRatio",
                        "goal",
                        "of cpuRatio"));
        rows.forEach(row -> lines.add(row.line()));
        return lines;
    }

    /** The report as a document. */
    ObjectNode json() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("suite", suite).put("model", model).put("threads", threads);
        document.put("about", about);
        ArrayNode all = document.putArray("rows");
        for (Row row : rows) {
            ObjectNode each = all.addObject();
            each.put("name", row.name()).put("ratio", row.ratio()).put("cpuRatio", row.cpuRatio());
            if (row.goal().isSet()) {
                each.put("goal", row.goal().value())
                        .put("goalIs", row.goal().least() ? "at least" : "at most");
            } else {
                each.putNull("goal");
            }
            row.figures().forEach(each::put);
        }
        return document;
    }
}
