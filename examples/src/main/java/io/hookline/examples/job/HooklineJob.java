/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import io.hookline.alert.AlertStream;
import io.hookline.kafka.ControlSnapshot;
import io.hookline.kafka.EnvelopeSink;
import io.hookline.kafka.EventSource;
import io.hookline.kafka.KafkaSettings;
import io.hookline.kafka.Preflight;
import io.hookline.kafka.TopicDestinations;
import io.hookline.operator.InvocationStream;
import io.hookline.operator.JobStart;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The main job: events and control events from Kafka, through the model, to one sink that commits
 * all that comes of an event together; and signals, watched under rules, to a sink of alerts.
 */
public final class HooklineJob {
    private static final Duration OUT_OF_ORDER = Duration.ofSeconds(5);
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final String SINK = "main";
    private static final String ALERT_SINK = "alerts";

    private HooklineJob() {}

    /**
     * Checks the brokers, makes the topics, reads what the control topic holds, and builds the job
     * into the environment.
     *
     * @param config the options of the job
     * @param modules the module paths that get a topic of activations before the job starts
     * @throws io.hookline.kafka.KafkaSetupException naming everything about Kafka that does not
     *     hold
     */
    public static void build(
            StreamExecutionEnvironment env, ReadableConfig config, Collection<String> modules) {
        KafkaSettings kafka = KafkaSettings.from(config);
        Preflight.check(kafka, destinations(modules));
        Preflight.checkTransactions(kafka, Duration.ofMillis(env.getCheckpointInterval()));
        ControlSnapshot control = ControlSnapshot.read(kafka);
        DataStream<SourceEvent> events =
                env.fromSource(EventSource.events(kafka), watermarks(), "events").uid("events");
        DataStream<SourceEvent> changes =
                env.fromSource(
                                EventSource.control(kafka, control.nextOffset()),
                                WatermarkStrategy.noWatermarks(),
                                "control")
                        .uid("control")
                        .setParallelism(1);
        JobStart start =
                new JobStart(control.entries(), kafka::framing, () -> new TopicDestinations(kafka));
        DataStream<Envelope> outputs = InvocationStream.of(events, changes, config, start);
        outputs.filter(HooklineJob::leavesAtOnce)
                .uid("outputs-at-once")
                .name("outputs at once")
                .sinkTo(EnvelopeSink.create(kafka, SINK))
                .uid("outputs")
                .name("outputs");
        AlertStream.of(outputs, changes, control.entries(), kafka::framing)
                .sinkTo(EnvelopeSink.create(kafka, ALERT_SINK))
                .uid("alert-outputs")
                .name("alert outputs");
    }

    /** What is held back leaves with an alert or not at all. */
    private static boolean leavesAtOnce(Envelope envelope) {
        return !(envelope.destination() instanceof Destination.Held);
    }

    private static WatermarkStrategy<SourceEvent> watermarks() {
        return WatermarkStrategy.<SourceEvent>forBoundedOutOfOrderness(OUT_OF_ORDER)
                .withIdleness(IDLE);
    }

    private static List<Destination> destinations(Collection<String> modules) {
        List<Destination> destinations =
                new ArrayList<>(
                        List.of(
                                new Destination.Results(),
                                new Destination.DeadLetters(),
                                new Destination.Signals(),
                                new Destination.Alerts(),
                                new Destination.Models()));
        modules.forEach(module -> destinations.add(new Destination.Activations(module)));
        return destinations;
    }
}
