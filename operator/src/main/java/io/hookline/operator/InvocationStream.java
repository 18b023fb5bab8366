/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import io.hookline.operator.internal.InvocationOperatorFactory;
import io.hookline.operator.internal.SharedModels;
import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** The step of a job in which events become results, activation records and dead letters. */
public final class InvocationStream {
    /** The operator's uid, which finds its state in a savepoint. */
    public static final String UID = "hookline-invocations";

    private InvocationStream() {}

    /**
     * Runs the events under the control events.
     *
     * @param control every parallel instance gets all of them, in the order of one partition
     * @param options {@link HooklineOptions}
     * @param start what was in force when the job was started
     * @throws org.apache.flink.configuration.IllegalConfigurationException when options are wrong
     */
    public static SingleOutputStreamOperator<Envelope> of(
            DataStream<SourceEvent> events,
            DataStream<SourceEvent> control,
            ReadableConfig options,
            JobStart start) {
        return events.connect(control.broadcast())
                .transform(
                        "invocations",
                        EnvelopeTypeInfo.INSTANCE,
                        new InvocationOperatorFactory(copy(options), new SharedModels(), start))
                .uid(UID)
                .name("invocations");
    }

    /**
     * Our options only: whatever else the configuration holds does not travel with the operator.
     */
    private static Configuration copy(ReadableConfig options) {
        Configuration copy = new Configuration();
        Configuration.fromMap(options.toMap())
                .toMap()
                .forEach(
                        (key, value) -> {
                            if (key.startsWith("hookline.")) {
                                copy.setString(key, value);
                            }
                        });
        return copy;
    }
}
