/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.runtime.Footprint;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.PlanCounts;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;

/** The metric group {@code models} of a subtask, and what is open as labels. */
final class ModelMetrics {
    /** Models that are named. */
    static final int NAMED = 64;

    private static final int WINDOW = 100;

    private final MetricGroup inference;
    private final Counter swaps;
    private final Counter failures;
    private final Histogram loading;
    private final Set<ServedModel> open = ConcurrentHashMap.newKeySet();
    private final Set<Label> named = new HashSet<>();

    /** What tells a model from others. */
    private record Label(String model, String digest) {
        static Label of(ModelInfo info) {
            return new Label(info.name(), info.digest());
        }
    }

    ModelMetrics(MetricGroup operator) {
        MetricGroup group = operator.addGroup("models");
        inference = operator.addGroup("inference");
        swaps = group.counter("modelSwaps");
        failures = group.counter("modelLoadFailures");
        loading = group.histogram("sessionLoadMs", new SlidingHistogram(WINDOW));
        group.gauge("openModels", (Gauge<Integer>) open::size);
        group.gauge("sessionsOpen", (Gauge<Long>) () -> sum(Footprint::sessions));
        group.gauge("nativeBytes", (Gauge<Long>) () -> sum(Footprint::nativeBytes));
        group.gauge("plansCompiled", (Gauge<Long>) () -> plans(PlanCounts::compiled));
        group.gauge("plansCompiling", (Gauge<Long>) () -> plans(PlanCounts::compiling));
    }

    private long plans(ToLongFunction<PlanCounts> number) {
        return open.stream().map(each -> each.runtime().plans()).mapToLong(number).sum();
    }

    private long sum(ToLongFunction<Footprint> number) {
        return open.stream().map(each -> each.runtime().footprint()).mapToLong(number).sum();
    }

    /** A model is there. */
    void opened(ServedModel model) {
        open.add(model);
        loading.update(model.loadMillis());
        name(Label.of(model.info()));
    }

    /** A model is let go of. */
    void closed(ServedModel model) {
        open.remove(model);
    }

    /** Shows a model from now on: 1 while it is open, 0 afterwards. */
    private void name(Label label) {
        if (named.size() < NAMED && named.add(label)) {
            inference
                    .addGroup("model", label.model())
                    .addGroup("digest", label.digest())
                    .gauge("modelInfo", (Gauge<Integer>) () -> isOpen(label) ? 1 : 0);
        }
    }

    private boolean isOpen(Label label) {
        return open.stream().anyMatch(model -> Label.of(model.info()).equals(label));
    }

    void swapped() {
        swaps.inc();
    }

    void failed() {
        failures.inc();
    }
}
