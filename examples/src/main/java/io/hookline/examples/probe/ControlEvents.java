/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.ElementType;
import io.hookline.schema.codec.TensorCodec;
import java.util.Base64;

/** Writes probes and vectors as the control topic takes them. */
public final class ControlEvents {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ControlEvents() {}

    /** What a control event puts, still without a name. */
    public record Body(String kind, JsonNode json) {
        /** The control event that puts it under a name. */
        public Event named(String name) {
            ObjectNode event = JSON.createObjectNode().put("put", kind).put("name", name);
            event.set("body", json);
            return new Event(kind + "/" + name, event.toString());
        }
    }

    /**
     * A record of the control topic.
     *
     * @param key {@code kind/name}
     * @param value JSON
     */
    public record Event(String key, String value) {}

    /** A probe that is measured where it was trained. */
    public static Body probe(LinearProbe probe, Reading reading) {
        ObjectNode body = JSON.createObjectNode().put("kind", "probe");
        reading.describe(body);
        body.set("weights", tensor(probe.weights()));
        body.put("bias", probe.bias()).put("activation", "logistic");
        return new Body("probe", body);
    }

    /** A vector that interventions may name. */
    public static Body vector(float[] values) {
        return new Body("vector", tensor(values));
    }

    private static ObjectNode tensor(float[] values) {
        ObjectNode tensor = JSON.createObjectNode().put("dtype", ElementType.FLOAT32.wireName());
        tensor.putArray("shape").add(values.length);
        byte[] data = TensorCodec.encode(values, ElementType.FLOAT32);
        return tensor.put("data", Base64.getEncoder().encodeToString(data));
    }
}
