/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.runtime.onnx.CachedPlan.Memory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The plans that ran last. Each session has memory of its own, as much as its largest run worked
 * in, and dozens of them would have dozens of times as much: only these few keep theirs.
 * Thread-safe.
 */
final class RecentPlans {
    private final int most;
    private final Map<PlanKey, Memory> plans = new LinkedHashMap<>();

    /**
     * @param most how many keep their memory
     */
    RecentPlans(int most) {
        this.most = most;
    }

    /**
     * What a run is to do.
     *
     * @param memory what it does with its memory: a plan that ran lately will run again
     * @param idle a plan that has kept its memory and is none of those that ran last any more
     */
    record Use(Memory memory, Optional<PlanKey> idle) {}

    /** A plan runs. */
    synchronized Use use(PlanKey key) {
        Memory memory = plans.remove(key) == null ? Memory.GIVEN_BACK : Memory.KEPT;
        plans.put(key, memory);
        if (plans.size() <= most) {
            return new Use(memory, Optional.empty());
        }
        var oldest = plans.entrySet().iterator();
        Map.Entry<PlanKey, Memory> idle = oldest.next();
        oldest.remove();
        return new Use(
                memory,
                idle.getValue() == Memory.KEPT ? Optional.of(idle.getKey()) : Optional.empty());
    }
}
