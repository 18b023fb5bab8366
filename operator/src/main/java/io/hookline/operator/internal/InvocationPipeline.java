/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.Emission;
import io.hookline.operator.InvocationSettings;
import io.hookline.operator.internal.batch.Batcher;
import io.hookline.operator.internal.control.ControlRef;
import io.hookline.operator.internal.control.ControlSet;
import io.hookline.operator.internal.departure.Departure;
import io.hookline.operator.internal.departure.DepartureQueue;
import io.hookline.operator.internal.departure.TimeMark;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.schema.Envelope;
import io.hookline.schema.ErrorCode;
import io.hookline.schema.SourceEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The way of events from arrival to departure: understood at once, planned and run in the
 * background, written in order. Every event ends in exactly one result or dead letter. Belongs to
 * the task thread.
 */
final class InvocationPipeline implements InferenceMetrics.Levels, DecodingLanes.Owner {
    /** Envelopes that leave before other work of the task thread gets its turn. */
    private static final int SLICE = 64;

    /** How long events that arrive wait for a worker that takes others forward. */
    private static final Duration STRETCH = Duration.ofMillis(5);

    private final InvocationSettings.Limits limits;
    private final TaskThread task;
    private final Background background;
    private final Engine engine;
    private final InferenceMetrics metrics;
    private final Batcher<Waiting> batcher;
    private final DecodingLanes lanes;
    private final boolean stepwise;
    private final DepartureQueue<PendingEvent> departures;
    private final Deque<Long> running = new ArrayDeque<>();
    private final Deque<Long> compiling = new ArrayDeque<>();
    private final Alarm linger;
    private final Alarm watchdog;
    private final Alarm timeout;
    private int batches;
    private int planning;
    private boolean draining;
    private boolean emitting;

    /** Plans that an event waits for; the next one its worker waits for. */
    private static final int PLANS = 3;

    /**
     * An event that waits for a batch.
     *
     * @param plans how often it was in one without its plan
     */
    private record Waiting(PendingEvent event, Engine.Ready ready, int plans) {
        Waiting afterPlan() {
            return new Waiting(event, ready, plans + 1);
        }
    }

    InvocationPipeline(
            InvocationSettings settings,
            TaskThread task,
            Background background,
            Engine engine,
            InferenceMetrics metrics) {
        this.limits = settings.limits();
        this.task = task;
        this.background = background;
        this.engine = engine;
        this.metrics = metrics;
        this.batcher = new Batcher<>(settings.batching());
        this.stepwise = settings.emission() == Emission.STEP;
        this.lanes = new DecodingLanes(engine, this, width(settings));
        this.departures = DepartureQueue.of(settings.order());
        this.linger = new Alarm(task, this::dispatch);
        this.watchdog = new Alarm(task, this::checkBatches);
        this.timeout = new Alarm(task, this::checkEvents);
    }

    private static DecodingLanes.Width width(InvocationSettings settings) {
        return new DecodingLanes.Width(
                settings.batching().maxSize(),
                settings.limits().workers(),
                settings.emission() == Emission.STEP ? Duration.ZERO : STRETCH);
    }

    /** Takes an event in, after waiting for room; it is understood under those control events. */
    void add(InFlightElement element, ControlSet controls) throws InterruptedException {
        makeRoom();
        PendingEvent event = new PendingEvent(element, task.now());
        departures.add(event);
        metrics.arrived();
        limits.timeout().ifPresent(limit -> timeout.set(deadline(event, limit)));
        try {
            Ask ask = engine.read(event.source(), controls);
            event.understood(ask);
            planning++;
            engine.serve(ask, controls, event::understood, served -> plan(event, served));
        } catch (ProgramException refused) {
            complete(event, engine.refuse(event.source(), Optional.empty(), refused.problems()));
            emit();
        }
    }

    private void plan(PendingEvent event, Ask ask) {
        if (event.isCompleted()) {
            planning--;
            engine.done(ask);
        } else {
            event.understood(ask);
            background.plan(() -> engine.plan(ask), plan -> planned(event, plan));
        }
    }

    /** Takes a mark in. */
    void add(TimeMark mark) {
        departures.add(mark);
        emit();
    }

    private void makeRoom() throws InterruptedException {
        while (departures.size() >= limits.capacity()) {
            dispatch();
            task.await();
        }
    }

    /** Runs everything that has arrived, and waits until it has left. */
    void drain() throws InterruptedException {
        draining = true;
        try {
            dispatch();
            while (departures.size() > 0) {
                task.await();
            }
        } finally {
            draining = false;
        }
    }

    private void planned(PendingEvent event, Engine.Plan plan) {
        if (plan instanceof Engine.Ready ready && !event.isCompleted()) {
            task.prepare(ready.destinations(), unavailable -> prepared(event, ready, unavailable));
            return;
        }
        planning--;
        if (plan instanceof Engine.Refused refused && !event.isCompleted()) {
            complete(event, refused.outputs());
        }
        dispatch();
        emit();
    }

    /** Its records have somewhere to go, or never will have. */
    private void prepared(PendingEvent event, Engine.Ready ready, Optional<Problem> unavailable) {
        planning--;
        if (event.isCompleted()) {
            dispatch();
        } else if (unavailable.isPresent()) {
            complete(
                    event,
                    engine.refuse(event.source(), event.ask(), unavailable.stream().toList()));
            dispatch();
            emit();
        } else {
            waits(event, ready.from(event.before()));
            dispatch();
        }
    }

    private void waits(PendingEvent event, Engine.Ready ready) {
        if (ready.way() == Engine.Ready.Way.STEPS) {
            lanes.add(event, ready);
        } else {
            Waiting waiting = new Waiting(event, ready, 0);
            event.waits(() -> batcher.remove(ready.key(), waiting));
            batcher.add(ready.key(), waiting, ready.extent(), task.now());
        }
    }

    /** Gives workers what is due. */
    private void dispatch() {
        lanes.dispatch();
        while (batches < limits.maxInFlightBatches()) {
            Optional<Batcher.Batch<Waiting>> batch = batcher.poll(task.now(), everythingIsDue());
            if (batch.isEmpty()) {
                break;
            }
            run(batch.get());
        }
        if (batches < limits.maxInFlightBatches()) {
            batcher.dueAt().ifPresent(linger::set);
        }
    }

    /** When nothing can arrive, waiting for more would be in vain. */
    private boolean everythingIsDue() {
        return draining
                || (departures.size() >= limits.capacity()
                        && running.isEmpty()
                        && compiling.isEmpty()
                        && planning == 0);
    }

    private void run(Batcher.Batch<Waiting> batch) {
        batch.items().forEach(waiting -> waiting.event().batched());
        batches++;
        List<Engine.Ready> rows = batch.items().stream().map(Waiting::ready).toList();
        boolean patient = batch.items().stream().anyMatch(waiting -> waiting.plans() >= PLANS);
        long since = task.now();
        run(() -> engine.run(rows, patient), ran -> ran(batch, ran, task.now() - since));
    }

    private void ran(Batcher.Batch<Waiting> batch, Engine.Batch ran, long millis) {
        batches--;
        Map<CompletableFuture<Void>, List<Waiting>> plans = new LinkedHashMap<>();
        for (int i = 0; i < batch.items().size(); i++) {
            Waiting waiting = batch.items().get(i);
            if (ran.turns().get(i) instanceof Engine.Waits waits) {
                plans.computeIfAbsent(waits.plan(), plan -> new ArrayList<>()).add(waiting);
            } else if (!waiting.event().isCompleted()) {
                complete(waiting.event(), ((Engine.Ended) ran.turns().get(i)).outputs());
            }
        }
        if (plans.isEmpty()) {
            batcher.ran(batch.key(), batch.items().size(), millis);
            metrics.batched(batch.items().size(), batch.waited());
            metrics.padded(ran.positions(), ran.padding());
            metrics.joined(ran.structures());
        }
        plans.forEach((plan, events) -> await(plan, () -> compiled(events)));
        dispatch();
        emit();
    }

    /** Events that were in a batch without their plan try again. */
    private void compiled(List<Waiting> events) {
        for (Waiting before : events) {
            if (!before.event().isCompleted()) {
                Waiting waiting = before.afterPlan();
                Engine.Ready ready = waiting.ready();
                waiting.event().waits(() -> batcher.remove(ready.key(), waiting));
                batcher.addAgain(ready.key(), waiting, ready.extent(), task.now());
            }
        }
        dispatch();
    }

    @Override
    public void await(CompletableFuture<Void> plan, Runnable then) {
        long since = task.now();
        compiling.add(since);
        watchdog.set(since + limits.watchdog().toMillis());
        background.after(
                plan,
                () -> {
                    compiling.remove(since);
                    metrics.compiled(task.now() - since);
                    then.run();
                });
    }

    @Override
    public <T> void run(Supplier<T> work, Consumer<T> then) {
        long since = task.now();
        running.add(since);
        watchdog.set(since + limits.watchdog().toMillis());
        background.run(
                work,
                done -> {
                    running.remove(since);
                    then.accept(done);
                });
    }

    @Override
    public long now() {
        return task.now();
    }

    @Override
    public void joined(int events, long waited) {
        metrics.batched(events, waited);
    }

    @Override
    public void stepped(PendingEvent event, Outputs outputs, boolean ended) {
        if (ended) {
            complete(event, outputs);
        } else {
            int before = event.tokens();
            event.add(outputs);
            count(event, before);
            if (stepwise && !event.isEmpty()) {
                departures.offer(event);
            }
        }
        emit();
    }

    private void count(PendingEvent event, int before) {
        metrics.generated(event.tokens() - before);
        if (before == 0 && event.tokens() > 0) {
            metrics.firstToken(task.now() - event.arrivedAt());
        }
    }

    private void complete(PendingEvent event, Outputs outputs) {
        int before = event.tokens();
        event.complete(outputs);
        count(event, before);
        departures.offer(event);
        event.ask().ifPresent(engine::done);
        if (outputs.cause().isEmpty()) {
            event.ask().ifPresent(metrics::applied);
        }
        metrics.completed(outputs.cause(), task.now() - event.arrivedAt());
    }

    /** Lets leave what may leave, unless that is under way. */
    private void emit() {
        if (!emitting) {
            emitting = true;
            emitSlice();
        }
    }

    private void emitSlice() {
        int room = SLICE;
        while (room > 0) {
            Optional<Departure<PendingEvent>> head = departures.head();
            if (head.isEmpty()) {
                emitting = false;
                return;
            }
            room -= emit(head.get(), room);
        }
        task.execute(this::emitSlice);
    }

    /** Emits what it can of a departure and says how much that was. */
    private int emit(Departure<PendingEvent> departure, int room) {
        if (departure instanceof Departure.Mark<PendingEvent> mark) {
            departures.remove(departure);
            task.emit(mark.mark());
            return 1;
        }
        PendingEvent event = ((Departure.Event<PendingEvent>) departure).event();
        int emitted = 0;
        for (Envelope envelope : event.next(room)) {
            leaving(envelope, event).ifPresent(kept -> task.emit(kept, event.timestamp()));
            emitted++;
        }
        if (event.hasLeft()) {
            departures.remove(departure);
        } else if (event.isEmpty()) {
            departures.withhold(event);
        }
        return emitted;
    }

    private Optional<Envelope> leaving(Envelope envelope, PendingEvent event) {
        return event.ask().isEmpty()
                ? Optional.of(envelope)
                : engine.leaving(envelope, event.ask().get(), event.losses(), task.now());
    }

    private void checkBatches() throws TimeoutException {
        check(running, "a batch has been running");
        check(compiling, "events have been waiting for a plan");
    }

    private void check(Deque<Long> begun, String what) throws TimeoutException {
        long limit = limits.watchdog().toMillis();
        Long oldest = begun.peek();
        if (oldest == null) {
            return;
        }
        if (task.now() - oldest >= limit) {
            throw new TimeoutException(
                    "%s for %d ms, allowed are %d".formatted(what, task.now() - oldest, limit));
        }
        watchdog.set(oldest + limit);
    }

    private void checkEvents() {
        Duration limit = limits.timeout().orElseThrow();
        for (PendingEvent event : departures.events()) {
            if (event.isCompleted()) {
                continue;
            }
            if (task.now() < deadline(event, limit)) {
                timeout.set(deadline(event, limit));
                break;
            }
            timeOut(event, limit);
        }
        emit();
    }

    private void timeOut(PendingEvent event, Duration limit) {
        event.withdraw();
        Problem problem =
                new Problem(
                        ErrorCode.TIMED_OUT,
                        "",
                        "no result after %d ms".formatted(limit.toMillis()));
        complete(event, engine.refuse(event.source(), event.ask(), List.of(problem)));
    }

    private static long deadline(PendingEvent event, Duration limit) {
        return event.arrivedAt() + limit.toMillis();
    }

    /** Everything that has arrived and not entirely left, in order of arrival. */
    InFlightState.Snapshot snapshot() {
        List<InFlightElement> elements = new ArrayList<>();
        Map<ControlRef, SourceEvent> controls = new LinkedHashMap<>();
        for (PendingEvent event : departures.events()) {
            elements.add(event.element());
            event.ask().stream()
                    .flatMap(ask -> ask.controls().stream())
                    .forEach(control -> controls.put(control.ref(), control.source()));
        }
        return new InFlightState.Snapshot(elements, controls.values());
    }

    /** Gives up what is on its way; only when no worker runs. */
    void close() {
        lanes.close();
    }

    @Override
    public int rowsInDecoding() {
        return lanes.rows();
    }

    @Override
    public int inFlightBatches() {
        return running.size();
    }

    @Override
    public int bufferedElements() {
        return departures.size();
    }
}
