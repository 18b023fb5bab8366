/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/** The problems found so far while one document is read. */
final class Problems {
    /** What a hostile document can cost is bounded: further problems are counted only. */
    private static final int KEPT = 256;

    private final List<Problem> kept = new ArrayList<>();
    private int count;

    void add(ErrorCode code, String pointer, String message) {
        count++;
        if (kept.size() < KEPT) {
            kept.add(new Problem(code, pointer, message));
        }
    }

    void addAll(Iterable<Problem> others) {
        others.forEach(other -> add(other.code(), other.pointer(), other.message()));
    }

    /** Whether further problems are counted only, so that their messages need not be made. */
    boolean isFull() {
        return kept.size() == KEPT;
    }

    /** Counts a problem that has no place any more. */
    void addUnnamed() {
        count++;
    }

    int count() {
        return count;
    }

    /** Whether a value at that pointer or inside of it is wrong. */
    boolean within(String pointer) {
        return kept.stream()
                .map(Problem::pointer)
                .anyMatch(at -> at.equals(pointer) || at.startsWith(pointer + "/"));
    }

    List<Problem> list() {
        return List.copyOf(kept);
    }
}
