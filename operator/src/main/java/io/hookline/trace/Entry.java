/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a cache has of one visit of a module. Never changes after the visit. */
public final class Entry {
    private final List<@Nullable Tensor> outputs = new ArrayList<>();
    private @Nullable Inputs inputs;
    private @Nullable Tensor attention;

    Entry() {}

    /** What the module handed out; null when outputs are not recorded. */
    public @Nullable Tensor output() {
        return outputs.isEmpty() ? null : outputs.get(0);
    }

    /**
     * Everything that was recorded of what the module handed out, by index. Of a logit lens these
     * are the logits and then the token ids, else it is one tensor; empty when outputs are not
     * recorded.
     */
    public List<@Nullable Tensor> outputs() {
        return Collections.unmodifiableList(outputs);
    }

    /** What the module was called with; null when inputs are not recorded. */
    public @Nullable Inputs inputs() {
        return inputs;
    }

    /** The first of the inputs; null when there is none or inputs are not recorded. */
    public @Nullable Tensor input() {
        return Optional.ofNullable(inputs).flatMap(Inputs::first).orElse(null);
    }

    /** The attention probabilities; null when they are not recorded. */
    public @Nullable Tensor attention() {
        return attention;
    }

    void output(int index, @Nullable Tensor value) {
        while (outputs.size() <= index) {
            outputs.add(null);
        }
        outputs.set(index, value);
    }

    void inputs(@Nullable Inputs values) {
        inputs = values;
    }

    void attention(@Nullable Tensor value) {
        attention = value;
    }
}
