/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.Encoder;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes records of one schema, as Avro's own writer would. What each field needs is found out
 * once: Avro looks it up for every field of every record, which takes longer than writing it.
 */
final class RecordWriter implements DatumWriter<SpecificRecord> {
    private final Part writing;

    /** Writes values of one schema. */
    @FunctionalInterface
    private interface Part {
        void write(@Nullable Object value, Encoder out) throws IOException;
    }

    RecordWriter(Schema schema) {
        this.writing = part(schema);
    }

    /** Its schema is given once and for all. */
    @Override
    public void setSchema(Schema schema) {
        throw new UnsupportedOperationException("a writer is for one schema");
    }

    @Override
    public void write(SpecificRecord record, Encoder out) throws IOException {
        writing.write(record, out);
    }

    private static Part part(Schema schema) {
        return switch (schema.getType()) {
            case RECORD -> record(schema);
            case UNION -> union(schema);
            case ARRAY -> array(part(schema.getElementType()));
            case MAP -> map(part(schema.getValueType()));
            case STRING -> (value, out) -> out.writeString(as(CharSequence.class, value));
            case BYTES -> (value, out) -> out.writeBytes(as(ByteBuffer.class, value));
            case INT -> (value, out) -> out.writeInt(as(Integer.class, value));
            case LONG -> number(schema);
            case FLOAT -> (value, out) -> out.writeFloat(as(Float.class, value));
            case DOUBLE -> (value, out) -> out.writeDouble(as(Double.class, value));
            case BOOLEAN -> (value, out) -> out.writeBoolean(as(Boolean.class, value));
            case NULL -> (value, out) -> out.writeNull();
            default -> throw unknown(schema);
        };
    }

    private static Part number(Schema schema) {
        if (schema.getLogicalType() == null) {
            return (value, out) -> out.writeLong(as(Long.class, value));
        }
        if (schema.getLogicalType().equals(LogicalTypes.timestampMillis())) {
            return (value, out) -> out.writeLong(as(Instant.class, value).toEpochMilli());
        }
        throw unknown(schema);
    }

    private static IllegalArgumentException unknown(Schema schema) {
        return new IllegalArgumentException("no schema has had a type '%s'".formatted(schema));
    }

    private static Part record(Schema schema) {
        List<Schema.Field> fields = schema.getFields();
        Part[] parts = fields.stream().map(field -> part(field.schema())).toArray(Part[]::new);
        return (value, out) -> {
            SpecificRecord record = as(SpecificRecord.class, value);
            for (int i = 0; i < parts.length; i++) {
                try {
                    parts[i].write(record.get(i), out);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "'%s': %s".formatted(fields.get(i).name(), e.getMessage()), e);
                }
            }
        };
    }

    private static Part union(Schema schema) {
        List<Schema> types = schema.getTypes();
        Part[] parts = types.stream().map(RecordWriter::part).toArray(Part[]::new);
        boolean optional = types.size() == 2 && types.get(0).getType() == Schema.Type.NULL;
        return (value, out) -> {
            int choice = optional ? (value == null ? 0 : 1) : choice(schema, value);
            out.writeIndex(choice);
            parts[choice].write(value, out);
        };
    }

    private static int choice(Schema union, @Nullable Object value) {
        return RecordModel.INSTANCE.resolveUnion(union, value);
    }

    private static Part array(Part element) {
        return (value, out) -> {
            Collection<?> elements = as(Collection.class, value);
            out.writeArrayStart();
            out.setItemCount(elements.size());
            for (Object each : elements) {
                out.startItem();
                element.write(each, out);
            }
            out.writeArrayEnd();
        };
    }

    private static Part map(Part element) {
        return (value, out) -> {
            Map<?, ?> entries = as(Map.class, value);
            out.writeMapStart();
            out.setItemCount(entries.size());
            for (Map.Entry<?, ?> entry : entries.entrySet()) {
                out.startItem();
                out.writeString(as(CharSequence.class, entry.getKey()));
                element.write(entry.getValue(), out);
            }
            out.writeMapEnd();
        };
    }

    private static <T> T as(Class<T> type, @Nullable Object value) {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        throw new IllegalArgumentException(
                value == null
                        ? "expected a value, found null"
                        : "expected a '%s', found '%s'"
                                .formatted(type.getSimpleName(), value.getClass().getName()));
    }
}
