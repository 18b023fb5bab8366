/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/** A page that describes a schema: a table of fields for it and for each record inside it. */
final class FieldTable {
    private final Map<String, Schema> records = new LinkedHashMap<>();

    private FieldTable(Schema schema) {
        collect(schema);
    }

    static String of(Schema schema) {
        return "<!-- Made from schemas/src/main/avro/%s.avsc. -->\n".formatted(schema.getName())
                + new FieldTable(schema)
                        .records.values().stream()
                                .map(record -> section(record, record.equals(schema)))
                                .collect(joining("\n"));
    }

    private void collect(Schema schema) {
        switch (schema.getType()) {
            case RECORD -> {
                if (records.putIfAbsent(schema.getName(), schema) == null) {
                    schema.getFields().forEach(field -> collect(field.schema()));
                }
            }
            case ARRAY -> collect(schema.getElementType());
            case MAP -> collect(schema.getValueType());
            case UNION -> schema.getTypes().forEach(this::collect);
            default -> {}
        }
    }

    private static String section(Schema record, boolean top) {
        var lines = new ArrayList<String>();
        lines.add((top ? "# " : "## ") + record.getName());
        lines.add("");
        lines.add(record.getDoc());
        lines.add("");
        lines.add("| field | type | default | meaning |");
        lines.add("|---|---|---|---|");
        record.getFields().forEach(field -> lines.add(row(field)));
        return String.join("\n", lines) + "\n";
    }

    private static String row(Field field) {
        return "| `%s` | %s | %s | %s |"
                .formatted(
                        field.name(),
                        type(field.schema()),
                        field.hasDefaultValue() ? standard(field) : "",
                        field.doc().replace("|", "\\|"));
    }

    private static String standard(Field field) {
        Object value = field.defaultVal();
        return switch (field.schema().getType()) {
            case STRING -> "`\"%s\"`".formatted(value);
            case BYTES -> "no bytes";
            case MAP -> "`{}`";
            case UNION -> "null";
            default -> "`%s`".formatted(value);
        };
    }

    private static String type(Schema schema) {
        return switch (schema.getType()) {
            case RECORD -> "[%s](#%s)".formatted(schema.getName(), anchor(schema));
            case ARRAY -> "array of " + type(schema.getElementType());
            case MAP -> "map of " + type(schema.getValueType());
            case UNION -> schema.getTypes().stream().map(FieldTable::type).collect(joining(", "));
            default -> named(schema);
        };
    }

    private static String named(Schema schema) {
        return schema.getLogicalType() == null
                ? schema.getType().getName()
                : schema.getType().getName() + " (" + schema.getLogicalType().getName() + ")";
    }

    private static String anchor(Schema schema) {
        return schema.getName().toLowerCase(java.util.Locale.ROOT);
    }

    static List<Field> undocumented(Schema schema) {
        return new FieldTable(schema)
                .records.values().stream()
                        .flatMap(record -> record.getFields().stream())
                        .filter(field -> field.doc() == null || field.doc().length() < 5)
                        .toList();
    }
}
