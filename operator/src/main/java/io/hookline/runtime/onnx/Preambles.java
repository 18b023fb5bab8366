/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.hookline.graph.Preamble;
import io.hookline.runtime.HostTensor;
import io.hookline.schema.ElementType;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a model's preamble makes, once for all passes whose texts lie alike. Thread-safe. What is
 * kept is bounded.
 */
final class Preambles implements AutoCloseable {
    private static final long KEPT_BYTES = 8 << 20;
    private static final int KEPT = 1024;

    private final OrtSession session;
    private final Set<String> contents;
    private final Set<String> inputs;
    private final Map<String, Integer> outputs;
    private final Map<LongBuffer, Made> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;
    private boolean closed;

    private Preambles(OrtSession session, Set<String> contents, Map<String, Integer> outputs) {
        this.session = session;
        this.contents = contents;
        // In an order: keys list shapes without names.
        this.inputs = Collections.unmodifiableSet(new LinkedHashSet<>(session.getInputNames()));
        this.outputs = outputs;
    }

    /**
     * Opens the session of a preamble that makes something.
     *
     * @param options changed: what a run takes goes back when what it made is closed, and is not
     *     kept for as large a run again
     */
    static Preambles open(Preamble preamble, OrtSession.SessionOptions options)
            throws OrtException {
        options.setCPUArenaAllocator(false);
        OrtSession session =
                Ort.environment().createSession(preamble.model().toByteArray(), options);
        try {
            return new Preambles(session, preamble.contents(), types(session));
        } catch (OrtException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static Map<String, Integer> types(OrtSession session) throws OrtException {
        Map<String, Integer> types = new HashMap<>();
        for (Map.Entry<String, NodeInfo> output : session.getOutputInfo().entrySet()) {
            String name = output.getKey();
            types.put(name, Ort.onnxType(name, output.getValue().getInfo()));
        }
        return types;
    }

    /** ONNX's numbers of the types of what it makes, by name. */
    Map<String, Integer> outputs() {
        return outputs;
    }

    /** Makes tensors of the inputs of a pass, for when the preamble has to run. */
    interface Inputs {
        PassInputs of(Set<String> names) throws OrtException;
    }

    /**
     * What the preamble makes of a pass, to be closed by the caller.
     *
     * @param feeds of the pass
     * @param past of its KV cache, by input
     */
    Made of(List<HostTensor> feeds, Map<String, OnnxTensor> past, Inputs inputsOf)
            throws OrtException {
        LongBuffer key = key(feeds, past);
        synchronized (kept) {
            Made found = kept.get(key);
            if (found != null && found.hold()) {
                return found;
            }
        }
        Made fresh = run(inputsOf);
        keep(key, fresh);
        return fresh;
    }

    /** Shapes of all that it reads, and the numbers of that whose numbers matter. */
    private LongBuffer key(List<HostTensor> feeds, Map<String, OnnxTensor> past) {
        List<long[]> parts = new ArrayList<>();
        for (HostTensor feed : feeds) {
            if (inputs.contains(feed.name())) {
                parts.add(feed.shape());
                if (contents.contains(feed.name())) {
                    parts.add(numbers(feed));
                }
            }
        }
        for (String name : inputs) {
            OnnxTensor tensor = past.get(name);
            if (tensor != null) {
                parts.add(tensor.getInfo().getShape());
            }
        }
        LongBuffer key = LongBuffer.allocate(parts.stream().mapToInt(part -> part.length).sum());
        parts.forEach(key::put);
        return key.flip();
    }

    private static long[] numbers(HostTensor feed) {
        if (feed.dtype() != ElementType.INT64) {
            throw new IllegalArgumentException(
                    "'%s' is %s, not int64".formatted(feed.name(), feed.dtype().wireName()));
        }
        LongBuffer numbers = feed.data().asLongBuffer();
        long[] all = new long[numbers.remaining()];
        numbers.get(all);
        return all;
    }

    private Made run(Inputs inputsOf) throws OrtException {
        try (PassInputs fed = inputsOf.of(inputs)) {
            return new Made(session.run(fed.of(List.copyOf(inputs)), outputs.keySet()));
        }
    }

    private void keep(LongBuffer key, Made fresh) {
        List<Made> dropped = new ArrayList<>();
        synchronized (kept) {
            if (closed || fresh.bytes > KEPT_BYTES || !fresh.hold()) {
                return;
            }
            Made before = kept.put(key, fresh);
            bytes += fresh.bytes;
            if (before != null) {
                bytes -= before.bytes;
                dropped.add(before);
            }
            Iterator<Made> oldest = kept.values().iterator();
            while (bytes > KEPT_BYTES || kept.size() > KEPT) {
                Made old = oldest.next();
                oldest.remove();
                bytes -= old.bytes;
                dropped.add(old);
            }
        }
        dropped.forEach(Made::close);
    }

    /** What is kept, in bytes. */
    long bytes() {
        synchronized (kept) {
            return bytes;
        }
    }

    @Override
    public void close() {
        List<Made> dropped;
        synchronized (kept) {
            if (closed) {
                return;
            }
            closed = true;
            dropped = List.copyOf(kept.values());
            kept.clear();
            bytes = 0;
        }
        dropped.forEach(Made::close);
        Ort.closeAll(List.of(session));
    }

    /** What one run of the preamble made. Open until whoever holds it has closed it. */
    static final class Made implements AutoCloseable {
        private final OrtSession.Result result;
        private final Map<String, OnnxTensor> tensors = new HashMap<>();
        private final Holders holders = new Holders();
        private final long bytes;

        private Made(OrtSession.Result result) {
            this.result = result;
            long size = 0;
            for (Map.Entry<String, OnnxValue> each : result) {
                OnnxTensor tensor = (OnnxTensor) each.getValue();
                tensors.put(each.getKey(), tensor);
                size += tensor.getInfo().getNumElements() * tensor.getInfo().type.size;
            }
            this.bytes = size;
        }

        private boolean hold() {
            return holders.add();
        }

        /** Tensors by name. */
        Map<String, OnnxTensor> tensors() {
            return tensors;
        }

        @Override
        public void close() {
            if (holders.remove()) {
                result.close();
            }
        }
    }
}
