/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.hookline.kafka.embedded.BrokerProcess;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The main job on real Kafka under a share of what it can do, for minutes: memory that grows,
 * answers that become slower, and what it costs when nothing happens.
 */
final class SoakSuite {
    private static final int MOST_SAMPLES = 30;
    private static final int LEAST_SAMPLES = 3;
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration IDLE = Duration.ofSeconds(20);
    private static final String JOB = "pipeline";

    private final PipelineSuite.Setting setting;
    private final Load load;
    private final OperatingSystemMXBean process =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    /**
     * How much for how long.
     *
     * @param share of the job's capacity
     */
    record Load(double share, Duration duration) {}

    SoakSuite(PipelineSuite.Setting setting, Load load) {
        this.setting = setting;
        this.load = load;
    }

    /** Measures what the job can do and then runs it for so long. */
    Report run() throws Exception {
        ModelSpec spec =
                new ModelSpec(
                        setting.model(),
                        Optional.empty(),
                        Optional.empty(),
                        new Device.Cpu(),
                        setting.threads());
        try (ModelRuntime runtime = new OnnxModelLoader(setting.cache()).load(spec);
                BrokerProcess broker = BrokerProcess.start(setting.broker(), setting.data())) {
            Subject subject = Subject.of(runtime, setting.size());
            PromptFeed feed = PromptFeed.mixed(subject);
            String brokers = broker.bootstrapServers();
            List<String> modules =
                    subject.blocks().outputs().stream().map(site -> site.point().module()).toList();
            try (Lane job =
                            new KafkaLanes(brokers)
                                    .pipeline(OperatorLane.options(setting), feed, modules);
                    KafkaLanes.EventProducer events =
                            new KafkaLanes.EventProducer(brokers, JOB + "-events", feed);
                    LatencyReader results = new LatencyReader(brokers, JOB + ".results")) {
                double capacity = capacity(job);
                results.next();
                return report(runtime, capacity, load(events, results, load.share() * capacity));
            }
        }
    }

    /** Events per second when there are always more of them. */
    private double capacity(Lane job) throws Exception {
        double seconds = Math.min(20, load.duration().toMillis() / 3e3);
        int batch = 20 * setting.size().batch();
        job.run(batch);
        long begun = System.nanoTime();
        long done = 0;
        while (seconds(begun) < seconds) {
            job.run(batch);
            done += batch;
        }
        return done / seconds(begun);
    }

    private List<Row> load(KafkaLanes.EventProducer events, LatencyReader results, double rate)
            throws Exception {
        Turnstile turnstile = Turnstile.of(JOB);
        SoakSamples samples = new SoakSamples();
        long before = results.read();
        long begun = System.nanoTime();
        long sent = 0;
        double wanted = load.duration().toMillis() / 1e3;
        int count = (int) Math.max(LEAST_SAMPLES, Math.min(MOST_SAMPLES, wanted));
        double interval = wanted / count;
        for (int sample = 1; sample <= count; sample++) {
            while (seconds(begun) < sample * interval) {
                int due = (int) (rate * seconds(begun) - sent);
                turnstile.allow(due);
                events.send(due);
                sent += due;
                TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
            }
            samples.add(sample(results));
        }
        turnstile.awaitAll(() -> {});
        double achieved = sent / seconds(begun);
        List<Row> rows = new ArrayList<>(samples.rows());
        rows.add(
                new Row(
                        "throughput",
                        achieved / rate,
                        achieved / rate,
                        Goal.atLeast(0.97),
                        Map.of("per-second", achieved)));
        rows.add(idle());
        results.next();
        double ended = (double) (results.read() - before) / sent;
        rows.add(new Row("ended", ended, ended, Goal.atLeast(1)));
        return rows;
    }

    private static SoakSamples.Sample sample(LatencyReader results) throws Exception {
        double[] latencies = results.next().stream().mapToDouble(each -> each).toArray();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        double heap = (runtime.totalMemory() - runtime.freeMemory()) / 1e6;
        return new SoakSamples.Sample(
                heap, resident(), latencies.length == 0 ? 0 : Rounds.median(latencies));
    }

    /** Megabytes of this process in memory; those of its heap where the system does not tell. */
    private static double resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.isReadable(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmRSS:")) {
                    return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1e3;
                }
            }
        }
        return Runtime.getRuntime().totalMemory() / 1e6;
    }

    /** The share of one processor that the job takes when there are no events. */
    private Row idle() throws InterruptedException {
        long pause = Math.min(IDLE.toNanos(), load.duration().toNanos() / 2);
        // Compilers and collectors are done by then.
        TimeUnit.NANOSECONDS.sleep(pause / 2);
        long begun = System.nanoTime();
        long cpu = process.getProcessCpuTime();
        TimeUnit.NANOSECONDS.sleep(pause);
        double share = (process.getProcessCpuTime() - cpu) / (double) (System.nanoTime() - begun);
        return new Row("idle", share, share, Goal.atMost(0.05));
    }

    private Report report(ModelRuntime runtime, double capacity, List<Row> rows) {
        String about =
                String.format(
                        Locale.ROOT,
                        "%d s at %.0f %% of %.0f events per second, of %s",
                        load.duration().toSeconds(),
                        100 * load.share(),
                        capacity,
                        setting.size());
        return new Report("soak", runtime.info().name(), setting.threads(), about, rows);
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }
}
