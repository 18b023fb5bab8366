/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What nnsight took on this machine.
 *
 * @param threads of a forward pass
 * @param tokens length of the prompt
 * @param events nanoseconds per event, by the name of the work
 */
record NnsightReference(int threads, int tokens, Map<String, Reading> events) {
    /** The pieces of work. */
    static final List<String> WORK = List.of("encode", "encode-all", "steer", "generate", "batch8");

    NnsightReference {
        events = Map.copyOf(events);
    }

    /**
     * Reads what the Python script printed.
     *
     * @throws IOException when it is not that
     */
    static NnsightReference read(byte[] json) throws IOException {
        JsonNode document = new ObjectMapper().readTree(json);
        Map<String, Reading> events = new HashMap<>();
        for (String name : WORK) {
            JsonNode nnsight = document.path("events").path(name).path("nnsight");
            double cpu = nnsight.path("cpu_s").doubleValue();
            double wall = nnsight.path("wall_s").doubleValue();
            if (cpu <= 0 || wall <= 0) {
                throw new IOException(
                        "the reference says nothing about '%s' of nnsight, its 'cpu_s' and 'wall_s' are needed"
                                .formatted(name));
            }
            events.put(name, new Reading(wall * 1e9, cpu * 1e9));
        }
        return new NnsightReference(
                document.path("threads").asInt(1), document.path("tokens").asInt(), events);
    }

    /** What an event took. */
    Reading of(String work) {
        Reading reading = events.get(work);
        if (reading == null) {
            throw new IllegalArgumentException("nnsight did not do '" + work + "'");
        }
        return reading;
    }
}
