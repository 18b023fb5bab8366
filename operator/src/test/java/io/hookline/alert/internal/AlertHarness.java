/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert.internal;

import io.hookline.alert.Rules;
import io.hookline.alert.Seen;
import io.hookline.operator.EnvelopeTypeInfo;
import io.hookline.schema.Alert;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.EventFormat;
import io.hookline.schema.Signal;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.SchemaException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;

/** Both steps of alerting as Flink runs them, one subtask each of so many. */
final class AlertHarness implements AutoCloseable {
    static final int MAX_PARALLELISM = 8;

    private final TwoInputStreamOperatorTestHarness<Envelope, SourceEvent, Envelope> router;
    private final KeyedTwoInputStreamOperatorTestHarness<String, Envelope, SourceEvent, Envelope>
            watch;
    private final List<Envelope> sent = new ArrayList<>();

    /** State of both steps. */
    record Snapshot(OperatorSubtaskState router, OperatorSubtaskState watch) {}

    private AlertHarness(List<SourceEvent> start, int parallelism, int subtask) throws Exception {
        AlertSetup setup = new AlertSetup(start, AvroFraming::singleObject);
        router =
                new TwoInputStreamOperatorTestHarness<>(
                        new CoBroadcastWithNonKeyedOperator<>(
                                new SignalRouter(setup), List.of(RuleBook.STATE)),
                        MAX_PARALLELISM,
                        parallelism,
                        subtask);
        watch =
                new KeyedTwoInputStreamOperatorTestHarness<>(
                        new CoBroadcastWithKeyedOperator<>(
                                new AlertFunction(setup, EnvelopeTypeInfo.INSTANCE),
                                List.of(RuleBook.STATE)),
                        Envelope::key,
                        rule -> "",
                        Types.STRING,
                        MAX_PARALLELISM,
                        parallelism,
                        subtask);
        router.setup(EnvelopeTypeInfo.INSTANCE.createSerializer(null));
        watch.setup(EnvelopeTypeInfo.INSTANCE.createSerializer(null));
    }

    /** A start without state. */
    static AlertHarness start(SourceEvent... control) throws Exception {
        AlertHarness harness = new AlertHarness(List.of(control), 1, 0);
        harness.router.open();
        harness.watch.open();
        harness.watch.processWatermarkStatus2(WatermarkStatus.IDLE);
        return harness;
    }

    /** One subtask of so many that goes on from a snapshot. */
    static AlertHarness restore(Snapshot snapshot, int parallelism, int subtask) throws Exception {
        AlertHarness harness = new AlertHarness(List.of(), parallelism, subtask);
        harness.router.initializeState(snapshot.router());
        harness.watch.initializeState(
                KeyedTwoInputStreamOperatorTestHarness.repartitionOperatorState(
                        snapshot.watch(), MAX_PARALLELISM, 1, parallelism, subtask));
        harness.router.open();
        harness.watch.open();
        harness.watch.processWatermarkStatus2(WatermarkStatus.IDLE);
        return harness;
    }

    Snapshot snapshot(long checkpoint) throws Exception {
        return new Snapshot(
                router.snapshot(checkpoint, checkpoint), watch.snapshot(checkpoint, checkpoint));
    }

    static SourceEvent rule(long offset, String name, String body) {
        return control(offset, Rules.put(name, body));
    }

    static SourceEvent control(long offset, String json) {
        return new SourceEvent(
                new SourcePosition("control", 0, offset),
                offset,
                EventFormat.JSON,
                new byte[0],
                json.getBytes(StandardCharsets.UTF_8),
                List.of());
    }

    void rule(SourceEvent event) throws Exception {
        router.processElement2(event, 0);
        watch.processElement2(event, 0);
        collect();
    }

    void signal(String event, String tenant, double value, long time) throws Exception {
        send(Seen.envelope(Seen.signal(event, tenant, value, time)));
    }

    void signal(Signal signal) throws Exception {
        send(Seen.envelope(signal));
    }

    /** Routes an output and shows it to the watch; keys of other subtasks are left out. */
    void send(Envelope output) throws Exception {
        router.processElement1(output, 0);
        for (Envelope routed : router.extractOutputValues()) {
            watch.processElement1(routed, 0);
        }
        router.getOutput().clear();
        collect();
    }

    void time(long time) throws Exception {
        watch.processWatermark1(new Watermark(time));
        collect();
    }

    /** No events come for a while. */
    void idle() throws Exception {
        watch.processWatermarkStatus1(WatermarkStatus.IDLE);
        collect();
    }

    private void collect() {
        sent.addAll(watch.extractOutputValues());
        watch.getOutput().clear();
    }

    /** Everything that left so far. */
    List<Envelope> sent() {
        return sent;
    }

    /** The alerts so far, as {@code state rule key}. */
    List<String> alerts() throws SchemaException {
        List<String> alerts = new ArrayList<>();
        for (Envelope each : sent) {
            if (each.destination() instanceof Destination.Alerts) {
                Alert alert = AvroFraming.singleObject().decode(each.value(), Alert.class);
                alerts.add(
                        "%s %s@%d %s"
                                .formatted(
                                        alert.getState(),
                                        alert.getRule(),
                                        alert.getRuleVersion(),
                                        alert.getKey().orElse("-")));
            }
        }
        return alerts;
    }

    int keyedState() {
        return watch.numKeyedStateEntries();
    }

    int timers() {
        return watch.numEventTimeTimers();
    }

    @Override
    public void close() {
        try {
            router.close();
            watch.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
