/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.program.Measure;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;

/**
 * What measures bring, each once. Measures are told apart by identity: comparing their numbers
 * would cost more than to have the same ones twice.
 */
final class Numbered<T> {
    private final IdentityHashMap<Measure, Integer> numbers = new IdentityHashMap<>();
    private final List<T> values = new ArrayList<>();

    /** The number of what the measure brings, counted from 0. */
    int of(Measure measure, Supplier<T> value) {
        Integer known = numbers.get(measure);
        if (known != null) {
            return known;
        }
        numbers.put(measure, values.size());
        values.add(value.get());
        return values.size() - 1;
    }

    /** By number. */
    List<T> values() {
        return values;
    }

    int size() {
        return values.size();
    }
}
