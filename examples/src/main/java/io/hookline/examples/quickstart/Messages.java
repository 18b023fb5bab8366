/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.ElementType;
import io.hookline.schema.codec.TensorCodec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The JSON documents that the quickstart sends: what any client would write.
 *
 * @param generates whether the model continues prompts
 */
record Messages(Blocks blocks, boolean generates) {
    /** The cache that the heatmap is drawn from. */
    static final String NORMS = "norms";

    /** The cache that prompts of an encoder are compared by. */
    static final String EMBEDDING = "embedding";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String VECTOR = "calm";
    private static final String HEADER = "steer";
    private static final double SCALE = 2;
    private static final int NEW_TOKENS = 48;

    /** A message of the control topic, by its key {@code kind/name}. */
    record Control(String key, String value) {}

    /**
     * The vector, and two policies: one steers who asks for it, one records every event. Besides a
     * probe and a rule for each tone that is watched.
     */
    List<Control> controls(float[] direction, Probes probes) {
        ObjectNode asked = JSON.createObjectNode();
        asked.putObject("headers").put(HEADER, VECTOR);
        ObjectNode everything = JSON.createObjectNode();
        List<Control> controls = new ArrayList<>();
        controls.add(
                new Control(
                        "vector/" + VECTOR, put("vector", VECTOR, tensor(direction)).toString()));
        controls.add(policy("steer-to-calm", asked, steering()));
        controls.add(policy("record-blocks", everything, recording()));
        controls.addAll(probes.controls());
        return controls;
    }

    /** An event; the one that is shown records the norm at every token besides. */
    String event(Workload.Ask ask, boolean shown) {
        ObjectNode event = JSON.createObjectNode().put("id", ask.id()).put("logits", "none");
        if (ask.steered()) {
            event.putObject("headers").put(HEADER, VECTOR);
        }
        ObjectNode invocation = event.putArray("invocations").addObject();
        invocation.put("prompt", ask.ticket().prompt());
        if (shown) {
            ObjectNode norms = invocation.putArray("cache").addObject().put("name", NORMS);
            blocks.paths().forEach(norms.putArray("modules")::add);
            norms.put("reduce", "norm").put("steps", 0);
        }
        if (generates) {
            event.putObject("generate").put("max_new_tokens", NEW_TOKENS);
        }
        return event.toString();
    }

    private static Control policy(String name, ObjectNode match, ObjectNode body) {
        ObjectNode policy = put("policy", name, body);
        policy.set("match", match);
        return new Control("policy/" + name, policy.toString());
    }

    private static ObjectNode put(String kind, String name, ObjectNode body) {
        ObjectNode control = JSON.createObjectNode().put("put", kind).put("name", name);
        control.set("body", body);
        return control;
    }

    private ObjectNode steering() {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode edit = body.putArray("interventions").addObject();
        edit.put("name", VECTOR).put("at", blocks.steered() + ".output").put("op", "add");
        edit.putObject("vector").put("ref", VECTOR);
        edit.put("scale", SCALE);
        // Where the answer begins. At every token and step the same push would never end.
        if (generates) {
            edit.put("tokens", "last");
        }
        return body;
    }

    private ObjectNode recording() {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode last = body.putArray("cache").addObject().put("name", "blocks");
        blocks.paths().forEach(last.putArray("modules")::add);
        last.put("tokens", "last").put("dtype", "float16");
        if (!generates) {
            ObjectNode embedding = body.withArray("cache").addObject().put("name", EMBEDDING);
            embedding.putArray("modules").add(blocks.last());
            embedding.put("reduce", "mean");
        }
        return body;
    }

    private static ObjectNode tensor(float[] values) {
        ObjectNode tensor = JSON.createObjectNode().put("dtype", ElementType.FLOAT32.wireName());
        tensor.putArray("shape").add(values.length);
        byte[] data = TensorCodec.encode(values, ElementType.FLOAT32);
        return tensor.put("data", Base64.getEncoder().encodeToString(data));
    }
}
