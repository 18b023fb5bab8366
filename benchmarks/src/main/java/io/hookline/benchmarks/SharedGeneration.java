/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import ai.onnxruntime.OrtException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A session that jobs of this JVM find again; it stays its owner's. */
final class SharedGeneration implements AutoCloseable {
    private static final Map<String, BareGeneration> SESSIONS = new ConcurrentHashMap<>();

    private final String id = UUID.randomUUID().toString();

    SharedGeneration(BareGeneration session) {
        SESSIONS.put(id, session);
    }

    private record Found(String id) implements AsyncGeneration.Model {
        @Override
        public int[] generate(int[] prompt, int tokens) throws OrtException {
            BareGeneration session = SESSIONS.get(id);
            if (session == null) {
                throw new IllegalStateException("the session is closed");
            }
            return session.on(new Prompts(new int[][] {prompt})).run(tokens)[0];
        }
    }

    AsyncGeneration.Model model() {
        return new Found(id);
    }

    @Override
    public void close() {
        SESSIONS.remove(id);
    }
}
