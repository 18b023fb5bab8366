/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Compares JSON pointers by where the values that they name stand in one document. */
final class DocumentOrder {
    private static final int NOWHERE = Integer.MAX_VALUE;

    private final Supplier<JsonNode> source;
    private final IdentityHashMap<JsonNode, Map<String, Integer>> members = new IdentityHashMap<>();

    private @Nullable JsonNode document;

    /** The document is asked for when there is something to compare. */
    DocumentOrder(Supplier<JsonNode> document) {
        source = document;
    }

    private JsonNode document() {
        if (document == null) {
            document = source.get();
        }
        return document;
    }

    /** The problems in document order: a value before what is inside of it. */
    List<Problem> sorted(List<Problem> problems) {
        Map<String, int[]> places = new HashMap<>();
        problems.forEach(problem -> places.computeIfAbsent(problem.pointer(), this::place));
        Comparator<Problem> byPlace =
                Comparator.comparing(problem -> places.get(problem.pointer()), Arrays::compare);
        return problems.stream().sorted(byPlace).toList();
    }

    /** Whether the pointer names a value of the document. */
    boolean holds(String pointer) {
        return Arrays.stream(place(pointer)).noneMatch(index -> index == NOWHERE);
    }

    private int[] place(String pointer) {
        String[] tokens = pointer.split("/", -1);
        int[] place = new int[tokens.length - 1];
        JsonNode node = document();
        for (int i = 1; i < tokens.length; i++) {
            String token = Pointers.unescaped(tokens[i]);
            place[i - 1] = index(node, token);
            node = node.isArray() ? node.path(place[i - 1]) : node.path(token);
        }
        return place;
    }

    private int index(JsonNode node, String token) {
        if (node.isContainerNode()) {
            return members.computeIfAbsent(node, DocumentOrder::members)
                    .getOrDefault(token, NOWHERE);
        }
        return NOWHERE;
    }

    /** A list's members go by index, and those that are names also by name. */
    private static Map<String, Integer> members(JsonNode container) {
        Map<String, Integer> indices = new HashMap<>();
        Iterator<String> names = container.fieldNames();
        int index = 0;
        for (JsonNode member : container) {
            indices.put(container.isObject() ? names.next() : String.valueOf(index), index);
            if (container.isArray() && member.isTextual()) {
                indices.putIfAbsent(member.textValue(), index);
            }
            index++;
        }
        return indices;
    }
}
