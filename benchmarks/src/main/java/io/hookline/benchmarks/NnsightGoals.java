/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import java.util.Map;

/** How many times less processor time than nnsight each piece of work should take. */
final class NnsightGoals {
    private static final Map<String, Double> SMALL =
            Map.of("encode", 4.8, "encode-all", 4.0, "steer", 4.8, "generate", 9.5, "batch8", 1.85);
    private static final Map<String, Double> LARGE =
            Map.of("encode", 1.9, "encode-all", 1.9, "steer", 1.9, "generate", 1.95, "batch8", 1.3);
    private static final Map<String, Double> LARGE_INT8 = Map.of("encode", 2.5, "generate", 3.5);

    /** Below this width a pass is so short that Python's share of it counts most. */
    private static final int WIDE = 512;

    private NnsightGoals() {}

    static Goal of(String work, int width, boolean int8) {
        Map<String, Double> stored = width < WIDE ? SMALL : LARGE;
        double goal = stored.getOrDefault(work, 1.0);
        return Goal.atLeast(int8 && width >= WIDE ? LARGE_INT8.getOrDefault(work, goal) : goal);
    }
}
