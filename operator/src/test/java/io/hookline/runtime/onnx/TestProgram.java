/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;

/** A program document being put together. */
final class TestProgram {
    static final ObjectMapper JSON = new ObjectMapper();

    /** Every value of every module, inputs and attention among them. */
    static final String EVERYTHING =
            "{'modules': null, 'include_inputs': true, 'include_attention': true}";

    private final ObjectNode root;

    private TestProgram(ObjectNode root) {
        this.root = root;
    }

    static TestProgram of(int[]... prompts) {
        ObjectNode root = JSON.createObjectNode();
        for (int[] prompt : prompts) {
            ObjectNode invocation = root.withArray("invocations").addObject();
            Arrays.stream(prompt).forEach(invocation.withArray("tokens")::add);
        }
        return new TestProgram(root);
    }

    /** JSON in which apostrophes stand for quotation marks. */
    static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    JsonNode json() {
        return root;
    }

    /** Sets a field of the program. */
    TestProgram with(String field, String value) {
        root.set(field, json(value));
        return this;
    }

    /** Adds an edit of every invocation. */
    TestProgram edit(JsonNode edit) {
        root.withArray("interventions").add(edit);
        return this;
    }

    TestProgram edit(String edit) {
        return edit(json(edit));
    }

    /** Adds an edit of one invocation. */
    TestProgram edit(int invocation, JsonNode edit) {
        ((ObjectNode) root.get("invocations").get(invocation)).withArray("interventions").add(edit);
        return this;
    }

    TestProgram edit(int invocation, String edit) {
        return edit(invocation, json(edit));
    }

    /** Adds a cache policy for every invocation. */
    TestProgram cache(JsonNode policy) {
        root.withArray("cache").add(policy);
        return this;
    }

    TestProgram cache(String policy) {
        return cache(json(policy));
    }

    TestProgram copy() {
        return new TestProgram(root.deepCopy());
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
