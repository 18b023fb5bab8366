/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert.internal;

import io.hookline.alert.AlertRecords;
import io.hookline.alert.Around;
import io.hookline.alert.Change;
import io.hookline.alert.Observation;
import io.hookline.alert.Origin;
import io.hookline.alert.Ring;
import io.hookline.alert.Rule;
import io.hookline.alert.RuleVersions;
import io.hookline.alert.Subject;
import io.hookline.alert.SubjectState;
import io.hookline.alert.Watching;
import io.hookline.program.ProgramException;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.Signal;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.codec.AvroFraming;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches one subject at a time: what Flink wants, and nothing else; {@link Watching} decides. */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before all else.
public final class AlertFunction
        extends KeyedBroadcastProcessFunction<String, Envelope, SourceEvent, Envelope>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(AlertFunction.class);

    private static final ValueStateDescriptor<SubjectState> SUBJECT =
            new ValueStateDescriptor<>("hookline-subject-v1", SubjectStateSerializer.INSTANCE);

    private final AlertSetup setup;
    private final TypeInformation<Envelope> envelopes;
    private transient AvroFraming framing;
    private transient RuleBook book;
    private transient List<Envelope> letters;
    private transient ValueState<SubjectState> subjects;
    private transient MapState<Long, Envelope> held;
    private transient AlertMetrics metrics;

    /**
     * A function that begins with that.
     *
     * @param envelopes how held records are kept
     */
    public AlertFunction(AlertSetup setup, TypeInformation<Envelope> envelopes) {
        this.setup = setup;
        this.envelopes = envelopes;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        framing = setup.framing();
        letters = new ArrayList<>();
        book = new RuleBook(context.getOperatorStateStore(), framing);
        if (!context.isRestored()) {
            book.begin(setup.control(), this::refuse);
        }
    }

    @Override
    public void open(OpenContext context) {
        subjects = getRuntimeContext().getState(SUBJECT);
        held =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "hookline-held-v1", Types.LONG, envelopes));
        metrics = new AlertMetrics(getRuntimeContext().getMetricGroup());
        metrics.ruled(book.newest());
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {}

    @Override
    public void processElement(Envelope envelope, ReadOnlyContext context, Collector<Envelope> out)
            throws Exception {
        sendLetters(out);
        SubjectState before = subjects.value();
        SubjectState after =
                envelope.destination() instanceof Destination.Held
                        ? held(envelope, before, context.getCurrentKey(), out)
                        : observed(envelope, before, context.getCurrentKey(), out);
        if (after != null) {
            keep(after, context.timerService()::registerEventTimeTimer);
        }
    }

    private SubjectState observed(
            Envelope envelope, SubjectState before, String key, Collector<Envelope> out)
            throws Exception {
        Observation seen =
                Observation.of(framing.decode(envelope.value(), Signal.class), envelope.headers());
        SubjectState state = before;
        if (state != null) {
            state = handedOver(state, seen.time(), out);
        }
        for (Rule rule : book.rules().at(seen.time())) {
            Subject subject = Subject.of(seen.modulePath(), rule.key(), seen.origin());
            if (rule.selection().fits(seen) && subject.text().equals(key)) {
                state = observed(rule, seen, state == null ? SubjectState.of(subject) : state, out);
            }
        }
        return state;
    }

    private SubjectState handedOver(SubjectState before, long time, Collector<Envelope> out) {
        Watching watching = new Watching(before.subject(), before.watches());
        for (Change change : watching.handOver(book.rules(), time)) {
            send(change, out);
        }
        return before.with(watching.watches());
    }

    private SubjectState observed(
            Rule rule, Observation seen, SubjectState before, Collector<Envelope> out)
            throws Exception {
        Watching watching = new Watching(before.subject(), before.watches());
        Optional<Change> change = watching.observe(rule, seen);
        SubjectState after = before.with(watching.watches());
        if (change.isEmpty()) {
            return after;
        }
        send(change.get(), out);
        return change.get().firing() && rule.around().isPresent()
                ? after.with(release(after.ring(), seen, rule, out))
                : after;
    }

    private Ring release(Ring ring, Observation seen, Rule rule, Collector<Envelope> out)
            throws Exception {
        Around around = rule.around().orElseThrow();
        String event = seen.origin().eventId();
        long from = ring.leavesFrom(event, around);
        for (long number = from; number < ring.next(); number++) {
            out.collect(HeldRecords.released(held.get(number)));
            held.remove(number);
        }
        return ring.left(from, event, around).until(seen.time() + rule.timing().expire());
    }

    private SubjectState held(
            Envelope envelope, SubjectState before, String key, Collector<Envelope> out)
            throws Exception {
        ActivationRecord record = framing.decode(envelope.value(), ActivationRecord.class);
        Origin origin = Origin.of(record, envelope.headers());
        SubjectState state = before;
        Around limits = null;
        long expire = 0;
        for (Rule rule : book.rules().at(record.getEventTime().toEpochMilli())) {
            Optional<Around> wanted = HeldRecords.wants(rule, record, origin);
            Subject subject = Subject.of(record.getModulePath(), rule.key(), origin);
            if (wanted.isPresent() && subject.text().equals(key)) {
                state = state == null ? SubjectState.of(subject) : state;
                limits = limits == null ? wanted.get() : Around.larger(limits, wanted.get());
                expire = Math.max(expire, rule.timing().expire());
            }
        }
        if (state == null || limits == null) {
            return state;
        }
        Ring ring = kept(envelope, state.ring(), limits, out);
        return state.with(ring.until(record.getEventTime().toEpochMilli() + expire));
    }

    private Ring kept(Envelope envelope, Ring before, Around limits, Collector<Envelope> out)
            throws Exception {
        String event = envelope.spread();
        if (before.passes(event)) {
            out.collect(HeldRecords.released(envelope));
            return before.passed(event);
        }
        held.put(before.next(), envelope);
        Ring after = before.with(event, envelope.value().length).within(limits);
        for (long number = before.first(); number < after.first(); number++) {
            held.remove(number);
        }
        return after;
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Envelope> out)
            throws Exception {
        sendLetters(out);
        SubjectState state = subjects.value();
        if (state == null) {
            return;
        }
        Watching watching = new Watching(state.subject(), state.watches());
        for (Change change : watching.pass(book.rules(), time)) {
            send(change, out);
        }
        SubjectState after = state.with(watching.watches()).withTimer(Long.MAX_VALUE);
        if (state.ring().until() <= time) {
            held.clear();
            after = after.with(Ring.EMPTY);
        }
        keep(after, context.timerService()::registerEventTimeTimer);
    }

    private static boolean isForgettable(SubjectState state) {
        return state.watches().isEmpty() && state.ring().isForgettable();
    }

    /** Remembers the state, with a timer for what is due first. */
    private void keep(SubjectState state, LongConsumer timers) throws Exception {
        if (isForgettable(state)) {
            subjects.clear();
            return;
        }
        long due =
                Math.min(
                        new Watching(state.subject(), state.watches())
                                .due(book.rules())
                                .orElse(Long.MAX_VALUE),
                        state.ring().isForgettable() ? Long.MAX_VALUE : state.ring().until());
        if (due < state.timer()) {
            timers.accept(due);
            subjects.update(state.withTimer(due));
        } else {
            subjects.update(state);
        }
    }

    @Override
    public void processBroadcastElement(SourceEvent event, Context context, Collector<Envelope> out)
            throws Exception {
        try {
            Optional<List<RuleVersions.Replaced>> replaced = book.apply(event);
            replaced.ifPresent(changed -> metrics.ruled(event.position().offset()));
            if (!replaced.orElse(List.of()).isEmpty()) {
                context.applyToKeyedState(
                        SUBJECT, (key, state) -> replace(state, replaced.get(), out));
            }
        } catch (ProgramException wrong) {
            refuse(event, wrong);
        }
        sendLetters(out);
    }

    private void replace(
            ValueState<SubjectState> state,
            List<RuleVersions.Replaced> replaced,
            Collector<Envelope> out)
            throws Exception {
        SubjectState kept = state.value();
        if (kept == null) {
            return;
        }
        Watching watching = new Watching(kept.subject(), kept.watches());
        for (RuleVersions.Replaced each : replaced) {
            for (Change change : watching.replace(each.before(), each.after())) {
                send(change, out);
            }
        }
        SubjectState left = kept.with(watching.watches());
        if (isForgettable(left)) {
            state.clear();
        } else {
            state.update(left);
        }
    }

    private void send(Change change, Collector<Envelope> out) {
        metrics.changed(change);
        out.collect(AlertRecords.envelope(change, framing));
    }

    /** What all subtasks find out alike, one of them says, as soon as it can. */
    private void refuse(SourceEvent event, ProgramException wrong) {
        if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
            LOG.warn(
                    "rule at offset {} refused: {}", event.position().offset(), wrong.getMessage());
            letters.add(RefusedRules.deadLetter(event, wrong, framing));
        }
    }

    private void sendLetters(Collector<Envelope> out) {
        letters.forEach(out::collect);
        letters.clear();
    }
}
