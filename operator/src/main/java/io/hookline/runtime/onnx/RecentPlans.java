/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.runtime.onnx.CachedPlan.Memory;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The plans that ran last. Each session has memory of its own, as much as its largest run worked
 * in, and dozens of them would have dozens of times as much: only these few keep theirs.
 * Thread-safe.
 */
final class RecentPlans {
    private final int most;
    private final int mostIdle;
    private final Map<PlanKey, Memory> plans = new LinkedHashMap<>();
    private final Set<PlanKey> resting = new LinkedHashSet<>();

    /**
     * @param most how many keep their memory
     * @param mostIdle how many that have kept theirs may stay open with it besides: they may run
     *     again, and to open them is dearer
     */
    RecentPlans(int most, int mostIdle) {
        this.most = most;
        this.mostIdle = mostIdle;
    }

    /**
     * What a run is to do.
     *
     * @param memory what it does with its memory: a plan that ran lately will run again
     * @param idle a plan that has kept its memory and has not run for longest, when there are too
     *     many of those
     */
    record Use(Memory memory, Optional<PlanKey> idle) {}

    /** A plan runs. */
    synchronized Use use(PlanKey key) {
        Memory memory = plans.remove(key) == null ? Memory.GIVEN_BACK : Memory.KEPT;
        plans.put(key, memory);
        resting.remove(key);
        if (plans.size() > most) {
            var oldest = plans.entrySet().iterator();
            Map.Entry<PlanKey, Memory> idle = oldest.next();
            oldest.remove();
            if (idle.getValue() == Memory.KEPT) {
                resting.add(idle.getKey());
            }
        }
        return new Use(memory, resting.size() > mostIdle ? longest() : Optional.empty());
    }

    private Optional<PlanKey> longest() {
        PlanKey longest = resting.iterator().next();
        resting.remove(longest);
        return Optional.of(longest);
    }
}
