/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.operator.EnvelopeTypeInfo;
import io.hookline.operator.FramingSource;
import io.hookline.operator.HooklineOptions;
import io.hookline.operator.InvocationStream;
import io.hookline.operator.JobStart;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.ProgramReader;
import io.hookline.runtime.ModelPool;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.Signal;
import io.hookline.schema.SourceEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The stream on a real model in a real cluster, interrupted once. */
@Timeout(180)
class InvocationStreamITCase {
    private static final Path MODEL = Path.of("src", "test", "resources", "models", "ticketlm");
    private static final int EVENTS = 400;
    private static final String SCALE = "\"op\": \"scale\", \"by\": 1.5";
    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .setConfiguration(METRICS.addToConfiguration(new Configuration()))
                            .build());

    /** Throws once, after the first checkpoint. */
    private static final class FailOnce
            implements MapFunction<Envelope, Envelope>, CheckpointListener {
        private static final AtomicBoolean FAILED = new AtomicBoolean();
        private boolean checkpointed;

        @Override
        public Envelope map(Envelope envelope) {
            if (checkpointed && FAILED.compareAndSet(false, true)) {
                throw new IllegalStateException("the failure of the test");
            }
            return envelope;
        }

        @Override
        public void notifyCheckpointComplete(long id) {
            checkpointed = true;
        }
    }

    @Test
    void job_onRealModelThatFailsOnce_endsEveryEventExactlyOnce() throws Exception {
        List<Envelope> envelopes = run();

        List<InvocationResult> results =
                decode(envelopes, Destination.Results.class, InvocationResult.class);
        List<DeadLetter> letters =
                decode(envelopes, Destination.DeadLetters.class, DeadLetter.class);
        assertThat(FailOnce.FAILED).isTrue();
        assertThat(
                        Stream.concat(
                                results.stream().map(result -> result.getSource().getOffset()),
                                letters.stream().map(letter -> letter.getSource().getOffset())))
                .hasSize(EVENTS)
                .doesNotHaveDuplicates();
        assertThat(letters)
                .hasSize(EVENTS / 5)
                .filteredOn(l -> l.getSource().getOffset() % 10 == 9)
                .hasSize(EVENTS / 10)
                .allMatch(l -> l.getCode().equals("UNKNOWN_MODULE"));
        assertThat(letters)
                .filteredOn(l -> l.getSource().getOffset() % 10 == 6)
                .hasSize(EVENTS / 10)
                .allMatch(l -> l.getCode().equals("INFERENCE_FAILED"))
                .allMatch(l -> l.getReason().contains("function 'failing'"));
        List<ActivationRecord> records =
                decode(envelopes, Destination.Activations.class, ActivationRecord.class);
        assertThat(records.stream().map(ActivationRecord::getRecordId)).doesNotHaveDuplicates();
        assertThat(records).hasSize(results.size() * 6);
        List<Signal> signals = decode(envelopes, Destination.Signals.class, Signal.class);
        assertThat(signals.stream().map(Signal::getRecordId)).doesNotHaveDuplicates();
        assertThat(signals).hasSize(results.size() * 7);
        assertThat(results).allMatch(r -> r.getPolicyVersions().equals(Map.of("watch", 1L)));
        assertThat(results.stream().filter(r -> r.getSource().getOffset() == 1))
                .singleElement()
                .satisfies(
                        result ->
                                assertThat(result.getInvocations().get(0).getGenerated())
                                        .isEqualTo(alone(event(1))));
        assertThat(results.stream().filter(r -> r.getSource().getOffset() == 3))
                .singleElement()
                .satisfies(
                        result ->
                                assertThat(result.getInvocations().get(0).getGenerated())
                                        .isEqualTo(alone(event(3, SCALE))));
        assertThat(total("inference_requests_success")).isGreaterThanOrEqualTo(results.size());
        assertThat(total("inference_requests_failure")).isGreaterThanOrEqualTo(letters.size());
        assertThat(batches()).isPositive();
        assertThat(plans("plansCompiled")).isPositive();
        assertThat(inference("paddingRatio").map(each -> (Object) ((Gauge<?>) each).getValue()))
                .as("prompts of a decoder share batches when they are of equal length")
                .isNotEmpty()
                .containsOnly(0.0);
        assertThat(inference("batchStructures").map(each -> ((Histogram) each).getStatistics()))
                .as(
                        "events that scale and events that call, %d batches joined some",
                        total("batchUnions"))
                .isNotEmpty()
                .allMatch(each -> each.getMax() <= 2)
                .anyMatch(each -> each.getMin() >= 1);
        assertThat(inference("planWaitMs").mapToLong(each -> ((Histogram) each).getCount()).sum())
                .isPositive();
    }

    /** A counter's sum over all attempts and subtasks. */
    private static long total(String counter) {
        return inference(counter).mapToLong(each -> ((Counter) each).getCount()).sum();
    }

    private static long batches() {
        return inference("batchSize").mapToLong(each -> ((Histogram) each).getCount()).sum();
    }

    private static long plans(String name) {
        return metrics("models", name)
                .mapToLong(each -> (Long) ((Gauge<?>) each).getValue())
                .max()
                .orElse(0);
    }

    private static Stream<Metric> inference(String name) {
        return metrics("inference", name);
    }

    private static Stream<Metric> metrics(String kind, String name) {
        return METRICS.findGroups(kind).stream()
                .flatMap(
                        group ->
                                Optional.ofNullable(METRICS.getMetricsByGroup(group).get(name))
                                        .stream());
    }

    private static List<Envelope> run() throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(2);
        environment.enableCheckpointing(100);
        Configuration options = new Configuration();
        options.set(HooklineOptions.MODEL_PATH, MODEL.toString());
        options.set(HooklineOptions.BATCH_MAX_SIZE, 8);
        options.set(HooklineOptions.CAPACITY, 16);
        options.set(HooklineOptions.FUNCTIONS_ALLOWED, List.of("times", "failing"));
        // Events arrive between checkpoints: the failure finds some before and some after one.
        DataGeneratorSource<SourceEvent> source =
                new DataGeneratorSource<>(
                        number -> event(number.intValue()),
                        EVENTS,
                        RateLimiterStrategy.perCheckpoint(80),
                        new SourceEventTypeInfo());
        var events = environment.fromSource(source, WatermarkStrategy.noWatermarks(), "events");
        var control =
                environment.fromData(
                        new SourceEventTypeInfo(), InvocationHarness.vector("unused", 9));
        return InvocationStream.of(events, control, options, start())
                .map(new FailOnce())
                .returns(EnvelopeTypeInfo.INSTANCE)
                .executeAndCollect(100_000);
    }

    private static JobStart start() {
        SourceEvent policy =
                InvocationHarness.controlEvent(
                        """
                        {"put": "policy", "name": "watch", "match": {},
                         "body": {"cache": [{"modules": ["model.model.layers.*"], "tokens": "last"}]}}""",
                        1);
        return new JobStart(List.of(policy), FramingSource.SINGLE_OBJECT);
    }

    /** Some events call a function that does what the others declare, and some one that throws. */
    private static SourceEvent event(int number) {
        return event(
                number,
                switch (number % 10) {
                    case 3 -> "\"op\": \"call\", \"function\": \"times\", \"args\": {\"by\": 1.5}";
                    case 6 -> "\"op\": \"call\", \"function\": \"failing\"";
                    default -> SCALE;
                });
    }

    private static SourceEvent event(int number, String operation) {
        String at =
                number % 10 == 9 ? "model.model.layers.99.output" : "model.model.layers.4.output";
        return InvocationHarness.json(
                """
                {"invocations": [{"prompt": "Ticket from Anna: my kettle number %d"}],
                 "interventions": [{"at": "%s", %s}],
                 "generate": {"max_new_tokens": 1}}"""
                        .formatted(number, at, operation),
                number);
    }

    /** What the model generates for an event without Flink. */
    private static List<Integer> alone(SourceEvent event) {
        try (ModelPool.Lease lease = new SharedModels().acquire(ModelSpec.cpu(MODEL))) {
            PlannedTrace trace = lease.runtime().plan(ProgramReader.read(event.value()));
            var outcome = (TraceOutcome.Completed) lease.runtime().run(List.of(trace)).get(0);
            return Arrays.stream(outcome.rows().get(0).generated()).boxed().toList();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private static <T extends org.apache.avro.specific.SpecificRecord> List<T> decode(
            List<Envelope> envelopes, Class<? extends Destination> destination, Class<T> type) {
        return envelopes.stream()
                .filter(envelope -> destination.isInstance(envelope.destination()))
                .map(envelope -> InvocationHarness.decode(envelope, type))
                .toList();
    }
}
