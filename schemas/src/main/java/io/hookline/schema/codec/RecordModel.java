/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Avro's view of the generated classes. It knows them from the start: Avro's own view would load a
 * class by whatever name stands in a schema, and therefore refuses all that no system property
 * trusts.
 */
final class RecordModel extends SpecificData {
    static final RecordModel INSTANCE = new RecordModel();

    private final Map<String, Class<? extends SpecificRecord>> classes = new HashMap<>();

    private RecordModel() {
        super(RecordModel.class.getClassLoader());
        addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
        PublishedSchemas.newest().forEach(this::collect);
    }

    /** The generated class of a record; other types have the classes that Avro gives them. */
    @Override
    @SuppressWarnings("rawtypes")
    public @Nullable Class getClass(Schema schema) {
        return schema.getType() == Schema.Type.RECORD
                ? classes.get(schema.getFullName())
                : super.getClass(schema);
    }

    /** The generated class of one of the newest schemas. */
    Class<? extends SpecificRecord> recordClass(Schema schema) {
        Class<? extends SpecificRecord> found = classes.get(schema.getFullName());
        if (found == null) {
            throw new IllegalArgumentException("no record '%s'".formatted(schema.getFullName()));
        }
        return found;
    }

    private void collect(Schema schema) {
        switch (schema.getType()) {
            case RECORD -> {
                if (classes.putIfAbsent(schema.getFullName(), load(schema)) == null) {
                    schema.getFields().forEach(field -> collect(field.schema()));
                }
            }
            case ARRAY -> collect(schema.getElementType());
            case MAP -> collect(schema.getValueType());
            case UNION -> schema.getTypes().forEach(this::collect);
            default -> {}
        }
    }

    private static Class<? extends SpecificRecord> load(Schema schema) {
        try {
            return Class.forName(schema.getFullName()).asSubclass(SpecificRecord.class);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("the classes of the schemas are incomplete", e);
        }
    }
}
