/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Reads safetensors: the header's length as 8 little-endian bytes, a JSON header that gives each
 * tensor's type, shape and range of bytes, then the bytes.
 */
final class Safetensors {
    private static final Map<String, ElementType> TYPES =
            Map.of(
                    "F32", ElementType.FLOAT32,
                    "F16", ElementType.FLOAT16,
                    "BF16", ElementType.BFLOAT16,
                    "F64", ElementType.FLOAT64,
                    "I8", ElementType.INT8,
                    "U8", ElementType.UINT8,
                    "I32", ElementType.INT32,
                    "I64", ElementType.INT64,
                    "BOOL", ElementType.BOOL);
    private static final FieldNames NAMES =
            FieldNames.of("a tensor of safetensors", "dtype", "shape", "data_offsets");

    private final byte[] file;
    private final int dataStart;

    private Safetensors(byte[] file, int dataStart) {
        this.file = file;
        this.dataStart = dataStart;
    }

    static boolean isOne(byte[] file) {
        if (file.length <= Long.BYTES || file[Long.BYTES] != '{') {
            return false;
        }
        long header = headerLength(file);
        return header > 0 && header <= file.length - Long.BYTES;
    }

    private static long headerLength(byte[] file) {
        return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** The tensors in the form that programs write them in. */
    static JsonNode document(byte[] file, Problems problems) throws ProgramException {
        int dataStart = Long.BYTES + (int) headerLength(file);
        JsonNode header = JsonDocument.file(Arrays.copyOfRange(file, Long.BYTES, dataStart));
        Safetensors reader = new Safetensors(file, dataStart);
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, Value> each : Value.root(header, problems).members().entrySet()) {
            if (!each.getKey().equals("__metadata__")) {
                reader.addTensor(each.getValue(), document, each.getKey());
            }
        }
        return document;
    }

    /**
     * The tensors and beside them what the header's metadata says, which is text there even where a
     * number or a list is meant.
     */
    static JsonNode withMetadata(byte[] file, Problems problems) throws ProgramException {
        ObjectNode document = (ObjectNode) document(file, problems);
        JsonNode header =
                JsonDocument.file(
                        Arrays.copyOfRange(
                                file, Long.BYTES, Long.BYTES + (int) headerLength(file)));
        for (Map.Entry<String, JsonNode> each : header.path("__metadata__").properties()) {
            String text = each.getValue().asText();
            boolean isJson = !text.isEmpty() && "-0123456789[".indexOf(text.charAt(0)) >= 0;
            document.set(
                    each.getKey(),
                    isJson && !text.contains(":")
                            ? JsonDocument.file(text.getBytes(StandardCharsets.UTF_8))
                            : JsonNodeFactory.instance.textNode(text));
        }
        return document;
    }

    private void addTensor(Value value, ObjectNode document, String name) {
        int before = value.problems().count();
        Fields fields = Fields.of(value, NAMES);
        ElementType type = fields.required("dtype").map(Safetensors::type).orElse(ElementType.BOOL);
        fields.required("shape");
        byte[] bytes = fields.required("data_offsets").map(this::bytes).orElse(new byte[0]);
        if (value.problems().count() == before) {
            ObjectNode tensor = document.putObject(name);
            tensor.put("dtype", type.wireName());
            tensor.set("shape", value.node().get("shape"));
            tensor.put("data", bytes);
        }
    }

    private static ElementType type(Value value) {
        ElementType type = TYPES.get(value.text());
        if (type == null) {
            value.refuse(
                    ErrorCode.DTYPE_MISMATCH,
                    "no dtype %s, allowed are %s"
                            .formatted(
                                    Values.shown(value.node()),
                                    FieldNames.quoted(TYPES.keySet().stream().sorted().toList())));
            return ElementType.BOOL;
        }
        return type;
    }

    private byte[] bytes(Value offsets) {
        List<Integer> range = offsets.integers(0);
        int length = file.length - dataStart;
        boolean inside =
                range.size() == 2 && range.get(0) <= range.get(1) && range.get(1) <= length;
        if (!inside) {
            offsets.refuse(
                    "%s must be a range within the file's %d bytes of data"
                            .formatted(offsets.label(), length));
            return new byte[0];
        }
        return Arrays.copyOfRange(file, dataStart + range.get(0), dataStart + range.get(1));
    }
}
