/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Times work. Processor time is that of the calling thread, or of the process. */
final class Stopwatch {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final OperatingSystemMXBean process =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final boolean single;

    /**
     * @param threads how many the work runs on; only work on one can be told from what the process
     *     does besides
     */
    Stopwatch(int threads) {
        this.single = threads == 1;
    }

    /** Times everything that the process does, as others time theirs. */
    static Stopwatch ofProcess() {
        return new Stopwatch(Integer.MAX_VALUE);
    }

    Reading time(Work work) throws Exception {
        long cpu = cpu();
        long wall = System.nanoTime();
        work.run();
        long after = System.nanoTime();
        return new Reading(Math.max(1, after - wall), Math.max(1, cpu() - cpu));
    }

    private long cpu() {
        return single ? threads.getCurrentThreadCpuTime() : process.getProcessCpuTime();
    }
}
