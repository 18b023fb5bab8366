/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.alert.AlertStream;
import io.hookline.operator.EnvelopeTypeInfo;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Destination;
import io.hookline.schema.ElementType;
import io.hookline.schema.Envelope;
import io.hookline.schema.EventFormat;
import io.hookline.schema.Signal;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.TensorCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * Held records through both steps of alerting, in rounds: so many records, each of an event of its
 * own, and then a signal whose alert says that all of them are through.
 */
final class HeldLane {
    private static final String MODULE = "model.model.layers.2";
    private static final int EVENTS = 64;

    private static final String ENDS =
            """
            {"put": "rule", "name": "ends", "body": {"signal": "end", "key": "event",
              "detector": {"type": "threshold", "above": 0}}}""";
    private static final String RING =
            """
            {"put": "rule", "name": "ring", "body": {"signal": "never",
              "detector": {"type": "threshold", "above": 0},
              "around": {"before": 8, "after": 1, "maxBytes": 1048576}}}""";

    /** Records by how many bytes each has: a job's functions travel by serialisation. */
    private static final Map<Integer, List<Envelope>> HELD = new ConcurrentHashMap<>();

    private HeldLane() {}

    /**
     * What goes through.
     *
     * @param records of a round
     * @param bytes of the tensor of each
     * @param ring whether a rule keeps them, else they are dropped where no rule wants them
     */
    record Setting(int records, int bytes, boolean ring) {}

    static Lane open(String name, Setting setting) throws Exception {
        StreamExecutionEnvironment env = JobLane.environment(Duration.ZERO);
        int records = setting.records();
        int bytes = setting.bytes();
        DataStream<Envelope> outputs =
                JobLane.source(env, new TurnstileSource<>(name, number -> number, Types.LONG))
                        .flatMap(
                                (Long round, Collector<Envelope> out) ->
                                        round(round, records, bytes, out))
                        .returns(EnvelopeTypeInfo.INSTANCE);
        List<SourceEvent> rules = new ArrayList<>(List.of(rule(0, ENDS)));
        if (setting.ring()) {
            rules.add(rule(1, RING));
        }
        DataStream<SourceEvent> control =
                env.fromSource(
                                new NumberSequenceSource(0, 0),
                                WatermarkStrategy.noWatermarks(),
                                "control")
                        .filter(number -> false)
                        .map(number -> rule(number, ENDS))
                        .returns(OperatorLane.eventType());
        AlertStream.of(outputs, control, rules, AvroFraming::singleObject)
                .map(envelope -> end(envelope, name))
                .returns(EnvelopeTypeInfo.INSTANCE)
                .sinkTo(new DiscardingSink<>());
        return new JobLane(Turnstile.of(name), env.executeAsync(name));
    }

    private static void round(long round, int records, int bytes, Collector<Envelope> out) {
        List<Envelope> held = HELD.computeIfAbsent(bytes, HeldLane::held);
        for (int i = 0; i < records; i++) {
            out.collect(held.get(i % held.size()));
        }
        out.collect(signal("end-" + round));
    }

    private static Envelope end(Envelope envelope, String name) {
        if (!(envelope.destination() instanceof Destination.Alerts)) {
            throw new IllegalStateException("only alerts should leave, not " + envelope);
        }
        Turnstile.of(name).end();
        return envelope;
    }

    private static SourceEvent rule(long offset, String json) {
        return new SourceEvent(
                new SourcePosition("control", 0, offset),
                0,
                EventFormat.JSON,
                new byte[0],
                json.getBytes(StandardCharsets.UTF_8),
                List.of());
    }

    private static List<Envelope> held(int bytes) {
        List<Envelope> held = new ArrayList<>();
        for (int event = 0; event < EVENTS; event++) {
            held.add(held("event-" + event, bytes / Float.BYTES));
        }
        return held;
    }

    private static Envelope held(String event, int values) {
        ActivationRecord record =
                ActivationRecord.newBuilder()
                        .setRecordId("id-" + event)
                        .setEventId(event)
                        .setSource(new SourceRecord("events", 0, 0L))
                        .setInvocation(0)
                        .setCache("held/all")
                        .setModulePath(MODULE)
                        .setIo("output")
                        .setFirstToken(0)
                        .setLastToken(0)
                        .setTensor(
                                TensorCodec.payload(
                                        new float[values],
                                        new int[] {1, values},
                                        ElementType.FLOAT32))
                        .setModel("none")
                        .setModelDigest("00")
                        .setEventTime(Instant.EPOCH)
                        .build();
        return envelope(
                new Destination.Held(MODULE), event, AvroFraming.singleObject().encode(record));
    }

    private static Envelope signal(String event) {
        Signal signal =
                Signal.newBuilder()
                        .setRecordId("id-" + event)
                        .setEventId(event)
                        .setSource(new SourceRecord("events", 0, 0L))
                        .setInvocation(0)
                        .setModulePath(MODULE)
                        .setIo("output")
                        .setFirstToken(0)
                        .setLastToken(0)
                        .setName("end")
                        .setKind("norm")
                        .setValue(1)
                        .setModel("none")
                        .setModelDigest("00")
                        .setEventTime(Instant.EPOCH)
                        .build();
        return envelope(
                new Destination.Signals(), event, AvroFraming.singleObject().encode(signal));
    }

    private static Envelope envelope(Destination destination, String event, byte[] value) {
        return new Envelope(destination, MODULE, event, value, List.of());
    }
}
