/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert.internal;

import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** The two steps of alerting, and what connects them. */
public final class AlertWiring {
    /** The uid of the step that watches. */
    public static final String WATCH_UID = "hookline-alerts";

    private static final String ROUTE_UID = "hookline-alert-routes";
    private static final String TIMELESS_UID = "hookline-alert-rules";

    private AlertWiring() {}

    /** Alerts, held records that leave with them, and dead letters of rules that are wrong. */
    public static SingleOutputStreamOperator<Envelope> wire(
            DataStream<Envelope> outputs, DataStream<SourceEvent> control, AlertSetup setup) {
        BroadcastStream<SourceEvent> rules = timeless(control).broadcast(RuleBook.STATE);
        SingleOutputStreamOperator<Envelope> routed =
                outputs.filter(AlertWiring::isWatched)
                        .name("signals")
                        .connect(rules)
                        .process(new SignalRouter(setup), outputs.getType())
                        .uid(ROUTE_UID)
                        .name("alert routes");
        return routed.keyBy(Envelope::key)
                .connect(rules)
                .process(new AlertFunction(setup, outputs.getType()), outputs.getType())
                .uid(WATCH_UID)
                .name("alerts");
    }

    private static boolean isWatched(Envelope envelope) {
        return envelope.destination() instanceof Destination.Signals
                || envelope.destination() instanceof Destination.Held;
    }

    /**
     * Control events have no part in event time: their stream is idle from the start, so that it
     * neither holds time back nor lets it pass when no events come.
     */
    private static DataStream<SourceEvent> timeless(DataStream<SourceEvent> control) {
        return control.assignTimestampsAndWatermarks(
                        WatermarkStrategy.forGenerator(context -> new Timeless()))
                .uid(TIMELESS_UID)
                .name("rules")
                .setParallelism(control.getParallelism());
    }

    private static final class Timeless implements WatermarkGenerator<SourceEvent> {
        @Override
        public void onEvent(SourceEvent event, long timestamp, WatermarkOutput output) {}

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            output.markIdle();
        }
    }
}
