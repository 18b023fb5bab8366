/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelPool;
import io.hookline.runtime.ModelSpec;
import io.hookline.schema.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Models by the names of their folders: some are there, some are broken, some take long. */
final class TestingModels {
    private static final Map<String, TestingModels> ALL = new ConcurrentHashMap<>();

    private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> reached = new ConcurrentHashMap<>();
    private final Map<String, String> broken = new ConcurrentHashMap<>();
    private final List<Opened> opened = Collections.synchronizedList(new ArrayList<>());

    /** A model that was opened, and how long it stayed warm when its subtask ended. */
    record Opened(ModelSpec spec, TestingModelRuntime runtime, List<Duration> left)
            implements ModelPool.Lease {
        @Override
        public void close() {
            runtime.close();
        }

        @Override
        public void leave(Duration keepWarm) {
            left.add(keepWarm);
            close();
        }

        boolean isClosed() {
            return runtime.closed().getCount() == 0;
        }
    }

    private record Source(String id) implements ModelSource {
        @Override
        public ModelPool.Lease acquire(ModelSpec spec) throws ModelLoadException {
            return ALL.get(id).open(spec);
        }
    }

    /** Travels as any source does, and comes back to these models. */
    ModelSource source() {
        String id = String.valueOf(System.identityHashCode(this));
        ALL.put(id, this);
        return new Source(id);
    }

    /** Opening that folder waits until the latch is counted down. */
    CountDownLatch gate(String folder) {
        return gates.computeIfAbsent(folder, absent -> new CountDownLatch(1));
    }

    /** Counted down when somebody begins to open that folder. */
    CountDownLatch gateReached(String folder) {
        return reached.computeIfAbsent(folder, absent -> new CountDownLatch(1));
    }

    /** That folder can be opened again. */
    void mends(String folder) {
        broken.remove(folder);
    }

    /** That folder can't be opened any more. */
    void breaks(String folder, String reason) {
        broken.put(folder, reason);
    }

    private Opened open(ModelSpec spec) throws ModelLoadException {
        String folder = spec.path().getFileName().toString();
        gateReached(folder).countDown();
        CountDownLatch gate = gates.get(folder);
        if (gate != null) {
            try {
                gate.await();
            } catch (InterruptedException ended) {
                throw new ModelLoadException(ErrorCode.UNKNOWN_MODEL, "interrupted", ended);
            }
        }
        if (broken.containsKey(folder)) {
            throw new ModelLoadException(ErrorCode.UNSUPPORTED_MODEL, broken.get(folder));
        }
        TestingModelRuntime runtime =
                new TestingModelRuntime(
                        spec.name().orElse(folder),
                        spec.pin().version(),
                        "digest of " + folder,
                        true);
        Opened model = new Opened(spec, runtime, new ArrayList<>());
        opened.add(model);
        return model;
    }

    /** Every model that was ever opened. */
    List<Opened> opened() {
        return List.copyOf(opened);
    }

    /** The model that was opened last from that folder. */
    Opened last(String folder) {
        return opened().stream()
                .filter(each -> each.spec().path().endsWith(folder))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    /** The runtimes that are open now, by folder. */
    List<String> open() {
        return opened().stream()
                .filter(each -> !each.isClosed())
                .map(each -> each.spec().path().getFileName().toString())
                .sorted()
                .toList();
    }
}
