/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runtimes shared by everybody in this JVM who asks for the same files on the same device. A
 * runtime is loaded by the first lease and closed with the last; who asks while it loads waits for
 * it. A lease may leave its runtime warm for a while: then it is closed when nobody has asked for
 * it in that time.
 */
public final class ModelPool {
    private final ModelLoader loader;
    private final Timer timer;
    private final Map<Key, Entry> entries = new HashMap<>();

    /** Equal specs mean the same runtime as long as the files are the same. */
    private record Key(ModelSpec spec, String stamp) {}

    private static final class Entry {
        private int leases;

        /** Counts the times that somebody came or went, so that a timer knows its own. */
        private long changes;

        private volatile boolean closed;
        private volatile @Nullable ModelRuntime runtime;
    }

    /** A claim on a runtime that ends with {@link #close} or {@link #leave}, once. */
    public interface Lease extends AutoCloseable {
        /** The shared runtime, not to be closed by the holder. */
        ModelRuntime runtime();

        /** Ends the claim; the runtime is closed when this was the last one. */
        @Override
        void close();

        /** Ends the claim; when this was the last one, the runtime is closed after that time. */
        default void leave(Duration keepWarm) {
            close();
        }
    }

    /** Does things later. */
    @FunctionalInterface
    public interface Timer {
        /** Runs something once after a delay, on any thread. */
        void after(Duration delay, Runnable then);
    }

    /** A pool that tells time by the system's clock. */
    public ModelPool(ModelLoader loader) {
        this(loader, daemon());
    }

    public ModelPool(ModelLoader loader, Timer timer) {
        this.loader = loader;
        this.timer = timer;
    }

    private static Timer daemon() {
        ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(
                        1,
                        work -> {
                            Thread thread = new Thread(work, "hookline-warm-models");
                            thread.setDaemon(true);
                            // It outlives the job whose thread makes it, so it keeps nothing of it.
                            thread.setContextClassLoader(ModelPool.class.getClassLoader());
                            return thread;
                        });
        return (delay, then) -> {
            var unused = executor.schedule(then, delay.toMillis(), TimeUnit.MILLISECONDS);
        };
    }

    /**
     * Takes a lease on the model's runtime and loads it first when nobody has.
     *
     * @throws ModelLoadException when it can't be opened; the next caller tries again
     */
    public Lease acquire(ModelSpec spec) throws IOException, ModelLoadException {
        Key key = new Key(spec, loader.stamp(spec));
        while (true) {
            Entry entry;
            synchronized (entries) {
                entry = entries.computeIfAbsent(key, absent -> new Entry());
            }
            synchronized (entry) {
                if (!entry.closed) {
                    return lease(key, entry);
                }
            }
        }
    }

    /** Whether that model is loaded now, used or kept warm. */
    public boolean holds(ModelSpec spec) {
        Key key = new Key(spec, loader.stamp(spec));
        synchronized (entries) {
            Entry entry = entries.get(key);
            return entry != null && entry.runtime != null;
        }
    }

    private Lease lease(Key key, Entry entry) throws IOException, ModelLoadException {
        ModelRuntime runtime = entry.runtime;
        if (runtime == null) {
            runtime = loader.load(key.spec());
            entry.runtime = runtime;
        }
        entry.leases++;
        entry.changes++;
        return new HeldLease(key, entry, runtime);
    }

    private void release(HeldLease lease, Duration keepWarm) {
        Entry entry = lease.entry;
        synchronized (entry) {
            entry.leases--;
            long change = ++entry.changes;
            if (entry.leases > 0) {
                return;
            }
            if (keepWarm.isZero()) {
                end(lease);
            } else {
                timer.after(keepWarm, () -> endIfIdle(lease, change));
            }
        }
    }

    private void endIfIdle(HeldLease lease, long change) {
        synchronized (lease.entry) {
            if (lease.entry.changes == change && !lease.entry.closed) {
                end(lease);
            }
        }
    }

    private void end(HeldLease last) {
        last.entry.closed = true;
        synchronized (entries) {
            entries.remove(last.key, last.entry);
        }
        last.runtime.close();
    }

    private final class HeldLease implements Lease {
        private final Key key;
        private final Entry entry;
        private final ModelRuntime runtime;
        private boolean released;

        private HeldLease(Key key, Entry entry, ModelRuntime runtime) {
            this.key = key;
            this.entry = entry;
            this.runtime = runtime;
        }

        @Override
        public ModelRuntime runtime() {
            return runtime;
        }

        @Override
        public void close() {
            leave(Duration.ZERO);
        }

        @Override
        public synchronized void leave(Duration keepWarm) {
            if (!released) {
                released = true;
                release(this, keepWarm);
            }
        }
    }
}
