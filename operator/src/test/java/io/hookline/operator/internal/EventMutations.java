/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Wrong events made of right ones, the same for the same seed. */
final class EventMutations {
    private static final int DEEPER_THAN_EVER = 100_000;
    private static final ObjectMapper JSON =
            new ObjectMapper(
                    JsonFactory.builder()
                            .streamWriteConstraints(
                                    StreamWriteConstraints.builder()
                                            .maxNestingDepth(DEEPER_THAN_EVER)
                                            .build())
                            .build());
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int GIGANTIC = 20_000;

    private final Random random;

    /** What stands under each name somewhere. */
    private final Map<String, List<JsonNode>> parts = new TreeMap<>();

    EventMutations(Random random) {
        this.random = random;
    }

    /**
     * Lets {@link #crossed} take parts of a document.
     *
     * @throws IOException when it is no JSON
     */
    void learn(byte[] document) throws IOException {
        learn(JSON.readTree(document));
    }

    private void learn(JsonNode node) {
        node.properties()
                .forEach(
                        field ->
                                parts.computeIfAbsent(field.getKey(), name -> new ArrayList<>())
                                        .add(field.getValue()));
        node.forEach(this::learn);
    }

    /** A document with parts of others in their places: well-formed, whatever else it is. */
    byte[] crossed(byte[] document) throws IOException {
        JsonNode root = JSON.readTree(document);
        for (int i = random.nextInt(3); i >= 0; i--) {
            List<ObjectNode> objects = new ArrayList<>();
            collect(root, objects);
            ObjectNode object = objects.get(random.nextInt(objects.size()));
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            if (random.nextInt(4) == 0) {
                names = List.copyOf(parts.keySet());
            }
            if (!names.isEmpty()) {
                String name = names.get(random.nextInt(names.size()));
                List<JsonNode> others = parts.getOrDefault(name, List.of(object.path(name)));
                object.set(name, others.get(random.nextInt(others.size())).deepCopy());
            }
        }
        return JSON.writeValueAsBytes(root);
    }

    private static void collect(JsonNode node, List<ObjectNode> objects) {
        if (node instanceof ObjectNode object) {
            objects.add(object);
        }
        node.forEach(inner -> collect(inner, objects));
    }

    /** A document with something else at one or a few places. */
    byte[] json(byte[] document) throws IOException {
        JsonNode root = JSON.readTree(document);
        for (int i = random.nextInt(3); i >= 0; i--) {
            mutate(root);
        }
        byte[] bytes = JSON.writeValueAsBytes(root);
        return random.nextInt(3) == 0 ? bytes(bytes) : bytes;
    }

    /** Other bytes. */
    byte[] bytes(byte[] from) {
        byte[] bytes = from.clone();
        return switch (random.nextInt(7)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 1 -> flipped(bytes);
            case 2 -> spliced(bytes, random(1 + random.nextInt(16)), random.nextInt(4));
            case 3 -> spliced(bytes, new byte[] {(byte) 0xc3, 0x28, (byte) 0xed, (byte) 0xa0}, 0);
            case 4 -> spliced(bytes, bytes, 0);
            case 5 -> random(random.nextInt(64));
            default -> spliced(bytes, "[".repeat(10_000).getBytes(StandardCharsets.UTF_8), 0);
        };
    }

    private byte[] flipped(byte[] bytes) {
        for (int i = random.nextInt(8); i >= 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] spliced(byte[] bytes, byte[] inserted, int removed) {
        int at = random.nextInt(bytes.length + 1);
        int after = Math.min(bytes.length, at + removed);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        out.writeBytes(inserted);
        out.write(bytes, after, bytes.length - after);
        return out.toByteArray();
    }

    /** Walks down at random and changes what it comes to. */
    private void mutate(JsonNode root) {
        JsonNode at = root;
        while (true) {
            List<JsonNode> inner = new ArrayList<>();
            at.forEach(inner::add);
            inner.removeIf(node -> !node.isContainerNode() || node.isEmpty());
            if (inner.isEmpty() || random.nextInt(4) == 0) {
                break;
            }
            at = inner.get(random.nextInt(inner.size()));
        }
        if (at instanceof ObjectNode object) {
            mutate(object);
        } else if (at instanceof ArrayNode array && !array.isEmpty()) {
            array.set(random.nextInt(array.size()), nasty());
        }
    }

    private void mutate(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        if (names.isEmpty() || random.nextInt(8) == 0) {
            object.set(nasty().asText("x"), nasty());
            return;
        }
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(6)) {
            case 0 -> object.remove(name);
            case 1 -> object.set(name + "s", object.remove(name));
            case 2 -> object.set(name, NODES.arrayNode().add(object.get(name)));
            default -> object.set(name, nasty());
        }
    }

    private JsonNode nasty() {
        List<Supplier<JsonNode>> values =
                List.of(
                        NODES::nullNode,
                        NODES::objectNode,
                        NODES::arrayNode,
                        () -> NODES.booleanNode(true),
                        () -> NODES.numberNode(-1),
                        () -> NODES.numberNode(random.nextInt(20)),
                        () -> NODES.numberNode(Integer.MAX_VALUE),
                        () -> NODES.numberNode(Long.MIN_VALUE),
                        () -> NODES.numberNode(BigInteger.TEN.pow(400)),
                        () -> NODES.numberNode(new BigDecimal("1e4000")),
                        () -> NODES.numberNode(0.5),
                        () -> NODES.numberNode(1e308),
                        () -> NODES.textNode(""),
                        () -> NODES.textNode("all"),
                        () -> NODES.textNode("**"),
                        () -> NODES.textNode("2:1"),
                        () -> NODES.textNode("model.**.output"),
                        () -> NODES.textNode("[".repeat(1 + random.nextInt(30))),
                        () -> NODES.textNode("\u0000\ud800\uffff"),
                        () -> NODES.textNode("model.model.layers[0:99999999999]"),
                        () -> NODES.textNode("kettle ".repeat(random.nextInt(GIGANTIC / 4))),
                        this::gigantic,
                        this::deep);
        return values.get(random.nextInt(values.size())).get();
    }

    private JsonNode gigantic() {
        ArrayNode list = NODES.arrayNode();
        int length = random.nextInt(GIGANTIC);
        int value = random.nextInt(100) - 10;
        for (int i = 0; i < length; i++) {
            list.add(value);
        }
        return list;
    }

    private JsonNode deep() {
        JsonNode inner = NODES.arrayNode();
        for (int i = random.nextInt(1_500); i > 0; i--) {
            inner = i % 2 == 0 ? NODES.arrayNode().add(inner) : NODES.objectNode().set("a", inner);
        }
        return inner;
    }
}
