/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import io.hookline.alert.internal.AlertSetup;
import io.hookline.alert.internal.AlertWiring;
import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.codec.AvroFraming;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.function.SerializableSupplier;

/** The step of a job in which signals become alerts. */
public final class AlertStream {
    /** The uid of the step that watches, which finds its state in a savepoint. */
    public static final String UID = AlertWiring.WATCH_UID;

    private AlertStream() {}

    /**
     * Watches signals under the rules of the control stream.
     *
     * @param outputs of events: signals and held activation records are looked at, all else is not
     * @param control every parallel instance gets all of them, in the order of one partition
     * @param start what the control topic held when the job was started
     * @param framing how records are framed
     * @return alerts, held records that leave with them, and dead letters of rules that are wrong
     */
    public static SingleOutputStreamOperator<Envelope> of(
            DataStream<Envelope> outputs,
            DataStream<SourceEvent> control,
            List<SourceEvent> start,
            SerializableSupplier<AvroFraming> framing) {
        return AlertWiring.wire(outputs, control, new AlertSetup(start, framing));
    }
}
