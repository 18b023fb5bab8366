/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.kafka.EventSource;
import io.hookline.kafka.KafkaOptions;
import io.hookline.kafka.KafkaSettings;
import io.hookline.operator.HooklineOptions;
import io.hookline.operator.InvocationStream;
import io.hookline.operator.JobStart;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.function.SerializableFunction;

/**
 * The invocation operator in a job without Kafka: events out of nothing, envelopes into nothing.
 */
final class OperatorLane {
    private static final String NAME = "operator";
    private static final Map<String, List<Envelope>> RECORDED = new ConcurrentHashMap<>();

    private OperatorLane() {}

    /** The options of the operator that runs a batch as the bare loop does. */
    static Configuration options(PipelineSuite.Setting setting) {
        Configuration options = new Configuration();
        options.set(HooklineOptions.MODEL_PATH, setting.model().toString());
        options.set(HooklineOptions.MODEL_THREADS, setting.threads());
        options.set(HooklineOptions.BATCH_MAX_SIZE, setting.size().batch());
        options.set(HooklineOptions.SIGNALS_ENABLED, false);
        return options;
    }

    /** A lane that counts what comes of its events. */
    static Lane open(Configuration options, PromptFeed feed) throws Exception {
        return open(options, feed, NAME, "");
    }

    /** The envelopes that so many events come to. */
    static List<Envelope> record(Configuration options, PromptFeed feed, int events)
            throws Exception {
        List<Envelope> envelopes = new CopyOnWriteArrayList<>();
        RECORDED.put(NAME, envelopes);
        try (Lane lane = open(options, feed, "recording", NAME)) {
            lane.run(events);
            return List.copyOf(envelopes);
        } finally {
            RECORDED.remove(NAME);
        }
    }

    private static Lane open(Configuration options, PromptFeed feed, String name, String recorded)
            throws Exception {
        return open(options, name, feed::event, envelope -> count(envelope, name, recorded));
    }

    /** A lane of live events under a name. */
    static Lane live(Configuration options, String name) throws Exception {
        return open(
                options,
                name,
                number -> LiveEvents.of(name).event(number),
                envelope -> {
                    if (envelope.destination() instanceof Destination.Results) {
                        LiveEvents.of(name).end(envelope);
                    }
                    return count(envelope, name, "");
                });
    }

    private static Lane open(
            Configuration options,
            String name,
            SerializableFunction<Long, SourceEvent> made,
            MapFunction<Envelope, Envelope> left)
            throws Exception {
        StreamExecutionEnvironment env = JobLane.environment(Duration.ZERO);
        TypeInformation<SourceEvent> type = eventType();
        DataStream<SourceEvent> events =
                JobLane.source(env, new TurnstileSource<>(name, made, type));
        DataStream<SourceEvent> control =
                env.fromSource(
                                new NumberSequenceSource(0, 0),
                                WatermarkStrategy.noWatermarks(),
                                "control")
                        .filter(number -> false)
                        .map(made::apply)
                        .returns(type);
        InvocationStream.of(events, control, options, JobStart.empty())
                .map(left)
                .returns(io.hookline.operator.EnvelopeTypeInfo.INSTANCE)
                .sinkTo(new DiscardingSink<>());
        return new JobLane(Turnstile.of(name), env.executeAsync(name));
    }

    private static Envelope count(Envelope envelope, String name, String recorded) {
        List<Envelope> record = RECORDED.get(recorded);
        if (record != null && !(envelope.destination() instanceof Destination.Models)) {
            record.add(envelope);
        }
        if (envelope.destination() instanceof Destination.Results) {
            Turnstile.of(name).end();
        } else if (envelope.destination() instanceof Destination.DeadLetters) {
            throw new IllegalStateException("an event was refused");
        }
        return envelope;
    }

    /** How events travel; the source of the real job knows. */
    static TypeInformation<SourceEvent> eventType() {
        Configuration nowhere = new Configuration();
        nowhere.set(KafkaOptions.BOOTSTRAP_SERVERS, "127.0.0.1:1");
        return EventSource.events(KafkaSettings.from(nowhere)).getProducedType();
    }
}
