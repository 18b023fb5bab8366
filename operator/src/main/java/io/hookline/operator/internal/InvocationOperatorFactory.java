/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.DestinationsSource;
import io.hookline.operator.FramingSource;
import io.hookline.operator.InvocationSettings;
import io.hookline.operator.JobStart;
import io.hookline.operator.internal.control.ControlBytes;
import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperatorFactory;

/** Makes invocation operators on the TaskManagers. */
public final class InvocationOperatorFactory extends AbstractStreamOperatorFactory<Envelope>
        implements TwoInputStreamOperatorFactory<SourceEvent, SourceEvent, Envelope> {
    private static final long serialVersionUID = 1;

    private final Configuration options;
    private final ModelSource models;
    private final FramingSource framing;
    private final DestinationsSource destinations;
    private final byte[] initialControl;

    /** A factory of operators with these options. */
    public InvocationOperatorFactory(Configuration options, ModelSource models, JobStart start) {
        InvocationSettings.from(options);
        this.options = options;
        this.models = models;
        this.initialControl = ControlBytes.write(start.control());
        this.framing = start.framing();
        this.destinations = start.destinations();
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T extends StreamOperator<Envelope>> T createStreamOperator(
            StreamOperatorParameters<Envelope> parameters) {
        return (T)
                new InvocationOperator(
                        parameters,
                        InvocationSettings.from(options),
                        models,
                        new JobStart(ControlBytes.read(initialControl), framing, destinations));
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return InvocationOperator.class;
    }
}
