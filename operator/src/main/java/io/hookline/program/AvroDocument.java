/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.ControlEvent;
import io.hookline.schema.PromptEvent;
import io.hookline.schema.PromptIntervention;
import io.hookline.schema.TensorPayload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/** Makes of an Avro record the document that would be written as JSON; bytes stay bytes. */
final class AvroDocument {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Problems problems;

    private AvroDocument(Problems problems) {
        this.problems = problems;
    }

    static JsonNode of(PromptEvent event, Problems problems) {
        return new AvroDocument(problems).record(event, "");
    }

    static JsonNode of(ControlEvent event, Problems problems) {
        ObjectNode document = new AvroDocument(problems).record(event, "");
        if (event.getBody().orElse(null) instanceof String json) {
            document.set("body", new AvroDocument(problems).parsed(json, "/body"));
        }
        return document;
    }

    /** A field that is null is left out. */
    private ObjectNode record(IndexedRecord record, String pointer) {
        ObjectNode object = NODES.objectNode();
        for (Schema.Field field : record.getSchema().getFields()) {
            Object value = record.get(field.pos());
            if (value != null) {
                object.set(field.name(), node(value, Pointers.of(pointer, field.name())));
            }
        }
        if (record instanceof PromptIntervention intervention) {
            intervention
                    .getArgs()
                    .ifPresent(args -> object.set("args", args(args, pointer + "/args")));
        }
        return object;
    }

    private JsonNode node(@Nullable Object value, String pointer) {
        if (value instanceof TensorPayload tensor) {
            return tensor(tensor);
        }
        if (value instanceof IndexedRecord record) {
            return record(record, pointer);
        }
        if (value instanceof List<?> list) {
            return list(list, pointer);
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = NODES.objectNode();
            map.forEach((key, item) -> object.set(String.valueOf(key), node(item, pointer)));
            return object;
        }
        return scalar(value);
    }

    private ArrayNode list(List<?> list, String pointer) {
        ArrayNode array = NODES.arrayNode(list.size());
        for (int i = 0; i < list.size(); i++) {
            array.add(node(list.get(i), Pointers.of(pointer, i)));
        }
        return array;
    }

    private static JsonNode scalar(@Nullable Object value) {
        if (value instanceof Integer integer) {
            return NODES.numberNode(integer);
        }
        if (value instanceof Long integer) {
            return NODES.numberNode(integer);
        }
        if (value instanceof Double number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        }
        return value == null ? NullNode.getInstance() : NODES.textNode(value.toString());
    }

    /** What the reference leaves empty is left out. */
    private JsonNode tensor(TensorPayload tensor) {
        ObjectNode object = NODES.objectNode();
        boolean ref = tensor.getRef().isPresent();
        tensor.getRef().ifPresent(name -> object.put("ref", name));
        if (!ref || !tensor.getDtype().isEmpty()) {
            object.put("dtype", tensor.getDtype());
        }
        if (!ref || !tensor.getShape().isEmpty()) {
            object.set("shape", list(tensor.getShape(), ""));
        }
        if (!ref || tensor.getData().hasRemaining()) {
            object.set("data", BinaryNode.valueOf(bytes(tensor.getData())));
        }
        return object;
    }

    private static byte[] bytes(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.duplicate().get(bytes);
        return bytes;
    }

    private ObjectNode args(Map<String, String> args, String pointer) {
        ObjectNode object = NODES.objectNode();
        args.forEach((name, json) -> object.set(name, parsed(json, Pointers.of(pointer, name))));
        return object;
    }

    /** A value that Avro carries as JSON text. */
    private JsonNode parsed(String json, String pointer) {
        try {
            return JsonDocument.event(json.getBytes(StandardCharsets.UTF_8));
        } catch (ProgramException e) {
            e.problems()
                    .forEach(
                            each ->
                                    problems.add(
                                            each.code(), pointer + each.pointer(), each.message()));
            return NullNode.getInstance();
        }
    }
}
