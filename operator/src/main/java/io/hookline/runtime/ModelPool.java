/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Runtimes shared by everybody in this JVM who asks for the same model on the same device. A
 * runtime is loaded by the first lease and closed with the last; who asks while it loads waits for
 * it.
 */
public final class ModelPool {
    private final ModelLoader loader;
    private final Map<ModelSpec, Entry> entries = new HashMap<>();

    private static final class Entry {
        private int leases;
        private volatile boolean closed;
        private @org.jspecify.annotations.Nullable ModelRuntime runtime;
    }

    /** A claim on a runtime that ends with {@link #close}, which is idempotent. */
    public interface Lease extends AutoCloseable {
        /** The shared runtime, not to be closed by the holder. */
        ModelRuntime runtime();

        @Override
        void close();
    }

    public ModelPool(ModelLoader loader) {
        this.loader = loader;
    }

    /**
     * Takes a lease on the model's runtime and loads it first when nobody has.
     *
     * @throws ModelLoadException when it can't be opened; the next caller tries again
     */
    public Lease acquire(ModelSpec spec) throws IOException, ModelLoadException {
        while (true) {
            Entry entry;
            synchronized (entries) {
                entry = entries.computeIfAbsent(spec, key -> new Entry());
            }
            synchronized (entry) {
                if (!entry.closed) {
                    return lease(spec, entry);
                }
            }
        }
    }

    private Lease lease(ModelSpec spec, Entry entry) throws IOException, ModelLoadException {
        ModelRuntime runtime = entry.runtime;
        if (runtime == null) {
            runtime = loader.load(spec);
            entry.runtime = runtime;
        }
        entry.leases++;
        return new HeldLease(spec, entry, runtime);
    }

    private void release(ModelSpec spec, Entry entry, ModelRuntime runtime) {
        synchronized (entry) {
            if (--entry.leases > 0) {
                return;
            }
            entry.closed = true;
            synchronized (entries) {
                entries.remove(spec, entry);
            }
            runtime.close();
        }
    }

    private final class HeldLease implements Lease {
        private final ModelSpec spec;
        private final Entry entry;
        private final ModelRuntime runtime;
        private boolean released;

        private HeldLease(ModelSpec spec, Entry entry, ModelRuntime runtime) {
            this.spec = spec;
            this.entry = entry;
            this.runtime = runtime;
        }

        @Override
        public ModelRuntime runtime() {
            return runtime;
        }

        @Override
        public synchronized void close() {
            if (!released) {
                released = true;
                release(spec, entry, runtime);
            }
        }
    }
}
