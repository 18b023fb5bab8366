/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors that segments hand on, by name. Owns them; several names may share one tensor. Used
 * by one thread.
 */
final class TensorPool implements AutoCloseable {
    private final Map<String, OnnxTensor> tensors = new HashMap<>();

    /** Takes a tensor over under a name; what had that name before must be dropped already. */
    void put(String name, OnnxTensor tensor) {
        tensors.put(name, tensor);
    }

    Optional<OnnxTensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /** Closes what has none of those names. */
    void retain(Set<String> names) {
        Set<OnnxTensor> before = distinct();
        tensors.keySet().retainAll(names);
        before.removeAll(distinct());
        Ort.closeAll(List.copyOf(before));
    }

    /** Hands tensors over to the caller and closes all others. */
    Map<String, OnnxTensor> release(Set<String> names) {
        retain(names);
        Map<String, OnnxTensor> released = new HashMap<>(tensors);
        tensors.clear();
        return released;
    }

    private Set<OnnxTensor> distinct() {
        Set<OnnxTensor> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        distinct.addAll(tensors.values());
        return distinct;
    }

    @Override
    public void close() {
        retain(Set.of());
    }
}
