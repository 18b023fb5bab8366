/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * Records with a value in every field, always the same. The variant says which branch of each union
 * is taken, counted without null; further ones leave the nullable fields null.
 */
final class SampleRecords {
    private static final int ELEMENTS = 2;

    private final int variant;
    private int counter;

    private SampleRecords(int variant) {
        this.variant = variant;
    }

    static SpecificRecord of(Schema schema, int variant) {
        return new SampleRecords(variant).record(schema);
    }

    private SpecificRecord record(Schema schema) {
        var record =
                (SpecificRecord)
                        SpecificData.newInstance(RecordModel.INSTANCE.recordClass(schema), schema);
        schema.getFields()
                .forEach(field -> record.put(field.pos(), value(field.schema(), field.name())));
        return record;
    }

    private Object value(Schema schema, String name) {
        int n = ++counter;
        return switch (schema.getType()) {
            case RECORD -> record(schema);
            case UNION -> branch(schema, name);
            case ARRAY -> elements(schema.getElementType(), name);
            case MAP -> entries(schema.getValueType(), name);
            case STRING -> name + " " + n + " ✓";
            case BYTES -> ByteBuffer.wrap((name + n).getBytes(StandardCharsets.UTF_8));
            case INT -> n;
            case LONG -> schema.getLogicalType() == null ? (Object) (1L << 40 | n) : time(n);
            case DOUBLE -> n + 0.5;
            case BOOLEAN -> n % 2 == 0;
            default -> throw new IllegalArgumentException("no sample of " + schema);
        };
    }

    private Object branch(Schema union, String name) {
        List<Schema> branches =
                union.getTypes().stream()
                        .filter(type -> type.getType() != Schema.Type.NULL)
                        .toList();
        return variant < branches.size() ? value(branches.get(variant), name) : null;
    }

    private List<Object> elements(Schema schema, String name) {
        return IntStream.range(0, ELEMENTS).mapToObj(i -> value(schema, name)).toList();
    }

    private Map<String, Object> entries(Schema schema, String name) {
        var entries = new LinkedHashMap<String, Object>();
        entries.put(name + " key", value(schema, name));
        return entries;
    }

    private static Instant time(int n) {
        return Instant.ofEpochMilli(1_700_000_000_000L + n);
    }
}
