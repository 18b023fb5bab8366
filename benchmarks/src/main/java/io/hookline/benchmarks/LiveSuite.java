/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.runtime.Device;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/**
 * Events with structures of intervention that are new, among others that arrive at half of what the
 * operator can do: how soon they are served, and what the others notice.
 */
final class LiveSuite {
    private static final String NAME = "live";
    private static final double SHARE = 0.5;
    private static final double GOAL_MILLISECONDS = 250;
    private static final long TICK_MS = 2;

    private final PipelineSuite.Setting setting;
    private final int newcomers;
    private final double apart;
    private long sent;

    /** Numbers of events that followed each other. */
    private record Stretch(long from, long to) {}

    LiveSuite(PipelineSuite.Setting setting) {
        this.setting = setting;
        this.newcomers = setting.isQuick() ? 3 : 20;
        this.apart = setting.isQuick() ? 0.3 : 1;
    }

    /** Measures everything; takes from seconds to a minute. */
    Report run() throws Exception {
        ModelSpec spec =
                new ModelSpec(
                        setting.model(),
                        Optional.empty(),
                        Optional.empty(),
                        new Device.Cpu(),
                        setting.threads());
        try (ModelRuntime runtime = new OnnxModelLoader(setting.cache()).load(spec)) {
            LiveEvents events = LiveEvents.open(NAME, Subject.of(runtime, setting.size()));
            try (Lane lane = OperatorLane.live(OperatorLane.options(setting), NAME)) {
                double rate = SHARE * capacity(lane);
                int count = Math.min(newcomers, events.most());
                long every = Math.max(2, Math.round(rate * apart));
                Stretch quiet = pace(lane, events, rate, every * count);
                events.bring(count, sent, every);
                Stretch live = pace(lane, events, rate, every * count);
                String about =
                        String.format(
                                Locale.ROOT,
                                "%d new structures among %.0f events per second, half of what it can do",
                                count,
                                rate);
                return new Report(
                        NAME,
                        runtime.info().name(),
                        setting.threads(),
                        about,
                        rows(events, quiet, live));
            }
        }
    }

    /** Events per second when there are always more of them. */
    private double capacity(Lane lane) throws Exception {
        int batches = setting.isQuick() ? 10 : 60;
        int events = batches * setting.size().batch();
        lane.run(events);
        long begun = System.nanoTime();
        lane.run(events);
        sent += 2L * events;
        return events / ((System.nanoTime() - begun) / 1e9);
    }

    /** Lets events in one by one, whether those before have ended or not, and waits for the end. */
    private Stretch pace(Lane lane, LiveEvents events, double rate, long count) throws Exception {
        Turnstile turnstile = Turnstile.of(NAME);
        long from = sent;
        long begun = System.nanoTime();
        while (sent < from + count) {
            long due = Math.min(count, (long) (rate * (System.nanoTime() - begun) / 1e9));
            long before = sent;
            for (; sent < from + due; sent++) {
                events.arrive(sent, begun + (long) ((sent - from) / rate * 1e9));
            }
            turnstile.allow(sent - before);
            TimeUnit.MILLISECONDS.sleep(TICK_MS);
        }
        lane.run(0);
        return new Stretch(from, sent);
    }

    private static List<Row> rows(LiveEvents events, Stretch quiet, Stretch live) {
        double[] served = millis(events, live, events::isNew);
        double[] others = millis(events, live, number -> !events.isNew(number));
        double[] before = millis(events, quiet, number -> true);
        double middle = Rounds.median(served);
        double faster =
                events.perSecond(live.from(), live.to())
                        / events.perSecond(quiet.from(), quiet.to());
        List<Row> rows = new ArrayList<>();
        rows.add(
                row(
                        "new-structure",
                        middle / GOAL_MILLISECONDS,
                        Goal.atMost(1),
                        Map.of("ms", middle, "max-ms", served[served.length - 1])));
        rows.add(
                row(
                        "others-latency",
                        late(others) / late(before),
                        Goal.none(),
                        Map.of("p99-ms", late(others), "p99-ms-before", late(before))));
        rows.add(row("throughput", faster, Goal.none(), Map.of()));
        return rows;
    }

    /** A ratio by the clock: latencies have no processor time. */
    private static Row row(String name, double ratio, Goal goal, Map<String, Double> figures) {
        return new Row(name, ratio, ratio, goal, figures);
    }

    private static double[] millis(LiveEvents events, Stretch stretch, LongPredicate which) {
        return LongStream.range(stretch.from(), stretch.to())
                .filter(which)
                .mapToDouble(events::millis)
                .sorted()
                .toArray();
    }

    private static double late(double[] sorted) {
        return sorted[(int) (0.99 * (sorted.length - 1))];
    }
}
