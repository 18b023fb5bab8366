/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.operator.EnvelopeTypeInfo;
import io.hookline.operator.FramingSource;
import io.hookline.operator.HooklineOptions;
import io.hookline.operator.JobStart;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.ProgramReader;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelLoader;
import io.hookline.runtime.ModelPlanner;
import io.hookline.runtime.ModelPool;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Models of a job whose task fails on a TaskManager that lives. */
@Timeout(180)
class FailoverModelsITCase {
    private static final Path MODEL = Path.of("src", "test", "resources", "models", "ticketlm");
    private static final int EVENTS = 80;
    private static final int SLOTS = 2;
    private static final Duration KEEP_WARM = Duration.ofMinutes(7);

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(SLOTS)
                            .build());

    /** Opens models in ONNX Runtime and remembers them. */
    private static final class Loads implements ModelLoader {
        private final ModelLoader real = new OnnxModelLoader(OnnxModelLoader.defaultCacheFolder());
        private final List<ModelRuntime> loaded = new CopyOnWriteArrayList<>();

        @Override
        public ModelRuntime load(ModelSpec spec) throws IOException, ModelLoadException {
            ModelRuntime runtime = real.load(spec);
            loaded.add(runtime);
            return runtime;
        }

        @Override
        public ModelPlanner scan(ModelSpec spec) throws IOException, ModelLoadException {
            return real.scan(spec);
        }

        @Override
        public String stamp(ModelSpec spec) {
            return real.stamp(spec);
        }
    }

    /** Lets time pass when the test says so. */
    private static final class Clock implements ModelPool.Timer {
        private final List<Runnable> later = new CopyOnWriteArrayList<>();
        private final List<Duration> delays = new CopyOnWriteArrayList<>();

        @Override
        public void after(Duration delay, Runnable then) {
            delays.add(delay);
            later.add(then);
        }

        void passes() {
            later.forEach(Runnable::run);
        }
    }

    /** The pool of the one TaskManager. */
    private static final class Models implements ModelSource {
        private static final long serialVersionUID = 1;
        private static final Loads LOADS = new Loads();
        private static final Clock CLOCK = new Clock();
        private static final ModelPool POOL = new ModelPool(LOADS, CLOCK);
        private static final List<ModelSpec> ASKED = new CopyOnWriteArrayList<>();

        @Override
        public ModelPool.Lease acquire(ModelSpec spec) throws IOException, ModelLoadException {
            ASKED.add(spec);
            return POOL.acquire(spec);
        }

        @Override
        public boolean holds(ModelSpec spec) {
            return POOL.holds(spec);
        }
    }

    /** Throws once, after the first checkpoint. */
    private static final class FailOnce
            implements MapFunction<Envelope, Envelope>, CheckpointListener {
        private static final AtomicBoolean FAILED = new AtomicBoolean();
        private static final AtomicInteger AFTER = new AtomicInteger();
        private boolean checkpointed;

        @Override
        public Envelope map(Envelope envelope) {
            if (checkpointed && FAILED.compareAndSet(false, true)) {
                throw new IllegalStateException("the failure of the test");
            }
            if (FAILED.get()) {
                AFTER.incrementAndGet();
            }
            return envelope;
        }

        @Override
        public void notifyCheckpointComplete(long id) {
            checkpointed = true;
        }
    }

    @Test
    void failover_loadsTheModelOnce_andTheJobsEndReleasesIt() throws Exception {
        long results =
                run().stream()
                        .filter(each -> each.destination() instanceof Destination.Results)
                        .count();

        assertThat(results).isEqualTo(EVENTS);
        assertThat(FailOnce.FAILED).isTrue();
        assertThat(FailOnce.AFTER).hasPositiveValue();
        assertThat(Models.ASKED)
                .as("each slot before and after")
                .hasSizeGreaterThanOrEqualTo(2 * SLOTS);
        assertThat(Models.LOADS.loaded).hasSize(1);
        ModelSpec spec = Models.ASKED.get(0);
        ModelRuntime runtime = Models.LOADS.loaded.get(0);
        PlannedTrace trace = runtime.plan(ProgramReader.read(event(0).value()));
        assertThat(Models.POOL.holds(spec)).as("warm for who may come back").isTrue();
        assertThat(runtime.run(List.of(trace))).hasSize(1);
        assertThat(Models.CLOCK.delays).isNotEmpty().containsOnly(KEEP_WARM);

        Models.CLOCK.passes();

        assertThat(Models.POOL.holds(spec)).isFalse();
        assertThatThrownBy(() -> runtime.run(List.of(trace))).hasMessageContaining("closed");
    }

    private static List<Envelope> run() throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 10);
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(SLOTS);
        environment.enableCheckpointing(100);
        // Events arrive between checkpoints: the failure finds some before and some after one.
        DataGeneratorSource<SourceEvent> source =
                new DataGeneratorSource<>(
                        number -> event(number.intValue()),
                        EVENTS,
                        RateLimiterStrategy.perCheckpoint(EVENTS / 4),
                        new SourceEventTypeInfo());
        var events = environment.fromSource(source, WatermarkStrategy.noWatermarks(), "events");
        var control =
                environment.fromData(
                        new SourceEventTypeInfo(), InvocationHarness.vector("unused", 9));
        JobStart start = new JobStart(List.of(), FramingSource.SINGLE_OBJECT);
        return events.connect(control.broadcast())
                .transform(
                        "invocations",
                        EnvelopeTypeInfo.INSTANCE,
                        new InvocationOperatorFactory(options(), new Models(), start))
                .map(new FailOnce())
                .returns(EnvelopeTypeInfo.INSTANCE)
                .executeAndCollect(100_000);
    }

    private static Configuration options() {
        Configuration options = new Configuration();
        options.set(HooklineOptions.MODEL_PATH, MODEL.toString());
        options.set(HooklineOptions.MODEL_KEEP_WARM, KEEP_WARM);
        return options;
    }

    private static SourceEvent event(int number) {
        return InvocationHarness.prompt("Ticket from Anna: my kettle number " + number, number);
    }
}
