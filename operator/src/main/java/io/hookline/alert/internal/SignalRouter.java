/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert.internal;

import io.hookline.alert.Observation;
import io.hookline.alert.Origin;
import io.hookline.alert.Rule;
import io.hookline.alert.Subject;
import io.hookline.program.ProgramException;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.Signal;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.SchemaException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Sends each signal and each held record to the subjects that rules watch it for, whatever the time
 * from which they hold: once for each, by an envelope whose key is the subject's. What no rule
 * wants ends here.
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before all else.
public final class SignalRouter extends BroadcastProcessFunction<Envelope, SourceEvent, Envelope>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1;

    private final AlertSetup setup;
    private transient AvroFraming framing;
    private transient RuleBook book;

    /** A router that begins with that. */
    public SignalRouter(AlertSetup setup) {
        this.setup = setup;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        framing = setup.framing();
        book = new RuleBook(context.getOperatorStateStore(), framing);
        if (!context.isRestored()) {
            book.begin(setup.control(), (event, reportedByTheWatch) -> {});
        }
    }

    @Override
    public void open(OpenContext context) {}

    @Override
    public void snapshotState(FunctionSnapshotContext context) {}

    @Override
    public void processElement(Envelope envelope, ReadOnlyContext context, Collector<Envelope> out)
            throws SchemaException {
        if (envelope.destination() instanceof Destination.Signals) {
            Observation seen =
                    Observation.of(
                            framing.decode(envelope.value(), Signal.class), envelope.headers());
            route(
                    envelope,
                    seen.modulePath(),
                    seen.origin(),
                    rule -> rule.selection().fits(seen),
                    out);
        } else if (envelope.destination() instanceof Destination.Held) {
            ActivationRecord record = framing.decode(envelope.value(), ActivationRecord.class);
            Origin origin = Origin.of(record, envelope.headers());
            route(
                    envelope,
                    record.getModulePath(),
                    origin,
                    rule -> keeps(rule, record, origin),
                    out);
        }
    }

    private static boolean keeps(Rule rule, ActivationRecord record, Origin origin) {
        return HeldRecords.wants(rule, record, origin).isPresent();
    }

    private void route(
            Envelope envelope,
            String modulePath,
            Origin origin,
            Predicate<Rule> wants,
            Collector<Envelope> out) {
        Set<String> subjects = new HashSet<>();
        for (Rule rule : book.rules().all()) {
            if (wants.test(rule)) {
                String subject = Subject.of(modulePath, rule.key(), origin).text();
                if (subjects.add(subject)) {
                    out.collect(HeldRecords.withKey(envelope, subject));
                }
            }
        }
    }

    /** A rule that is wrong is reported by the step that watches. */
    @Override
    public void processBroadcastElement(SourceEvent event, Context context, Collector<Envelope> out)
            throws Exception {
        try {
            book.apply(event);
        } catch (ProgramException reportedByTheWatch) {
            return;
        }
    }
}
