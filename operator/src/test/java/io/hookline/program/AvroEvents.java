/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;

/** Makes the Avro record that carries the same as a JSON document. */
final class AvroEvents {
    private AvroEvents() {}

    static <T extends SpecificRecordBase> T of(JsonNode document, Class<T> type) {
        return type.cast(record(document, type.getName()));
    }

    private static SpecificRecordBase record(JsonNode node, String type) {
        SpecificRecordBase record = empty(type);
        Schema schema = record.getSchema();
        for (Schema.Field field : schema.getFields()) {
            JsonNode value = node.get(field.name());
            if (value != null && value.isObject() && field.name().equals("args")) {
                record.put(field.pos(), texts(value));
            } else if (value != null && !value.isNull()) {
                record.put(field.pos(), value(value, field.schema()));
            } else if (field.hasDefaultValue()) {
                record.put(field.pos(), absent(field));
            }
        }
        return record;
    }

    private static @Nullable Object absent(Schema.Field field) {
        Object value = field.defaultVal();
        if (field.schema().getType() == Schema.Type.BYTES) {
            return ByteBuffer.allocate(0);
        }
        return value == JsonProperties.NULL_VALUE ? null : value;
    }

    private static SpecificRecordBase empty(String type) {
        try {
            return Class.forName(type)
                    .asSubclass(SpecificRecordBase.class)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(type, e);
        }
    }

    private static Map<String, String> texts(JsonNode args) {
        Map<String, String> texts = new TreeMap<>();
        args.properties().forEach(each -> texts.put(each.getKey(), each.getValue().toString()));
        return texts;
    }

    private static Object value(JsonNode node, Schema schema) {
        return switch (schema.getType()) {
            case UNION -> value(node, branch(node, schema));
            case RECORD -> record(node, schema.getFullName());
            case ARRAY -> list(node, schema.getElementType());
            case MAP -> map(node, schema.getValueType());
            case STRING -> node.textValue();
            case BYTES -> ByteBuffer.wrap(Base64.getDecoder().decode(node.textValue()));
            case INT -> node.intValue();
            case LONG -> node.longValue();
            case DOUBLE -> node.doubleValue();
            case BOOLEAN -> node.booleanValue();
            default -> throw new IllegalArgumentException(schema.toString());
        };
    }

    private static Schema branch(JsonNode node, Schema union) {
        return union.getTypes().stream()
                .filter(type -> fits(node, type))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(node + " for " + union));
    }

    private static boolean fits(JsonNode node, Schema schema) {
        return switch (schema.getType()) {
            case STRING -> node.isTextual();
            case INT, LONG -> node.isIntegralNumber();
            case DOUBLE -> node.isNumber();
            case BOOLEAN -> node.isBoolean();
            case ARRAY -> node.isArray();
            case MAP -> node.isObject();
            case RECORD ->
                    node.getNodeType() == JsonNodeType.OBJECT
                            && node.properties().stream()
                                    .allMatch(each -> schema.getField(each.getKey()) != null);
            default -> false;
        };
    }

    private static List<Object> list(JsonNode node, Schema items) {
        List<Object> list = new ArrayList<>();
        node.forEach(item -> list.add(value(item, items)));
        return list;
    }

    private static Map<String, Object> map(JsonNode node, Schema values) {
        Map<String, Object> map = new TreeMap<>();
        node.properties().forEach(each -> map.put(each.getKey(), value(each.getValue(), values)));
        return map;
    }
}
