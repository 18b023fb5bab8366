/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.functions.MapFunction;

/**
 * Counts what leaves a job of this JVM and takes the time from the last that does not count to the
 * last that does. Copies that travel with the job count in one place.
 */
final class Finish<T> implements MapFunction<T, Integer> {
    private static final long serialVersionUID = 1;

    private static final Map<String, Tally> TALLIES = new ConcurrentHashMap<>();

    private final String id = UUID.randomUUID().toString();
    private final int first;
    private final int last;

    private static final class Tally {
        private final AtomicInteger passed = new AtomicInteger();
        private volatile Reading begun = new Reading(0, 0);
        private volatile Reading ended = new Reading(0, 0);
    }

    /**
     * @param warmUp how many do not count
     * @param counted how many do
     */
    Finish(int warmUp, int counted) {
        this.first = warmUp;
        this.last = warmUp + counted;
        TALLIES.put(id, new Tally());
    }

    private Tally tally() {
        return TALLIES.computeIfAbsent(id, key -> new Tally());
    }

    @Override
    public Integer map(T any) {
        Tally tally = tally();
        int count = tally.passed.incrementAndGet();
        if (count == first) {
            tally.begun = now();
        } else if (count == last) {
            tally.ended = now();
        }
        return count;
    }

    private static Reading now() {
        OperatingSystemMXBean process =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Reading(System.nanoTime(), process.getProcessCpuTime());
    }

    /** What those that count took. */
    Reading reading() {
        Tally tally = tally();
        if (tally.passed.get() != last) {
            throw new IllegalStateException(
                    "%d of %d events came through".formatted(tally.passed.get(), last));
        }
        TALLIES.remove(id);
        return new Reading(
                tally.ended.wall() - tally.begun.wall(), tally.ended.cpu() - tally.begun.cpu());
    }
}
