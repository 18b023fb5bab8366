/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.internal.ModelVersion.Arrival;
import io.hookline.program.Problem;
import io.hookline.schema.Envelope;
import io.hookline.schema.codec.AvroFraming;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what happens to a job's models: in state, in outputs, in metrics and in the log. */
final class ModelChanges implements JobModels.Changes {
    private static final Logger LOG = LoggerFactory.getLogger(ModelChanges.class);

    private final ControlState state;
    private final Outlet outlet;
    private final ModelMetrics metrics;

    /**
     * How a subtask says things.
     *
     * @param emit takes envelopes; does nothing where another subtask says the same
     */
    record Outlet(Consumer<Envelope> emit, OutcomeWriter writer, AvroFraming framing) {}

    ModelChanges(ControlState state, Outlet outlet, ModelMetrics metrics) {
        this.state = state;
        this.outlet = outlet;
        this.metrics = metrics;
    }

    @Override
    public void opened(ServedModel model) {
        metrics.opened(model);
    }

    @Override
    public void closed(ServedModel model) {
        metrics.closed(model);
    }

    @Override
    public void ready(ModelVersion version, ServedModel model) {
        LOG.info("{} serves, digest {}", version.described(), model.info().digest());
        metrics.swapped();
        announce(model);
    }

    /** Describes a model that serves. */
    void announce(ServedModel model) {
        outlet.emit()
                .accept(ModelDescriptors.envelope(model.info(), model.device(), outlet.framing()));
    }

    /** What was in state had its dead letter, if any, when it was put. */
    @Override
    public void failed(ModelVersion version, Problem problem) {
        LOG.warn("{} can't be loaded: {}", version.described(), problem.message());
        metrics.failed();
        if (version.arrival() != Arrival.RESTORED && version.source().isPresent()) {
            Problem named =
                    new Problem(
                            problem.code(),
                            problem.pointer(),
                            "model '%s' can't be loaded: %s"
                                    .formatted(version.name(), problem.message()));
            outlet.writer()
                    .deadLetter(
                            version.source().get().source(), Optional.empty(), List.of(named), 0)
                    .envelopes()
                    .forEach(outlet.emit());
        }
    }

    @Override
    public void superseded(ModelVersion version) throws Exception {
        if (version.source().isPresent()) {
            state.forget(version.source().get().ref());
        }
    }

    @Override
    public void ended(String name) {
        outlet.emit().accept(ModelDescriptors.removal(name));
    }
}
