/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Events of one model that a worker takes forward together, a few steps at a time. Between these,
 * events join and leave. Belongs to the task thread, but for the steps themselves.
 */
final class DecodingLane {
    /** Plans that are waited for without a step in between; the next one a worker waits for. */
    private static final int PLANS = 3;

    private final Engine engine;
    private final String model;
    private final Duration stretch;
    private final Map<Long, PendingEvent> members = new HashMap<>();
    private final Map<Long, Engine.Ready> joining = new HashMap<>();
    private final List<Long> leaving = new ArrayList<>();
    private final Steps steps = new Steps();
    private Optional<Ask> held = Optional.empty();
    private int rows;
    private boolean busy;
    private Optional<CompletableFuture<Void>> plan = Optional.empty();
    private int plans;

    /**
     * What one stretch came to; the last of an event's steps stands last.
     *
     * @param plan what all wait for, if they do
     */
    record Stretch(List<Engine.Stepped> steps, int rows, Optional<CompletableFuture<Void>> plan) {}

    /**
     * @param model key of the model that its events run on
     * @param stretch how long a worker goes on before it asks for events that have arrived
     */
    DecodingLane(Engine engine, String model, Duration stretch) {
        this.engine = engine;
        this.model = model;
        this.stretch = stretch;
    }

    String model() {
        return model;
    }

    /** Rows that are on their way or about to be. */
    int rows() {
        return rows;
    }

    boolean isBusy() {
        return busy;
    }

    boolean isEmpty() {
        return members.isEmpty() && leaving.isEmpty();
    }

    /** Whether a stretch would come to nothing, since all wait for a plan. */
    boolean isWaiting() {
        return plan.isPresent() && joining.isEmpty() && leaving.isEmpty();
    }

    /** A plan that was waited for is there. */
    void compiled(CompletableFuture<Void> done) {
        if (plan.filter(done::equals).isPresent()) {
            plan = Optional.empty();
            plans++;
        }
    }

    /** The first that joins keeps the model for the lane. */
    void join(long ticket, PendingEvent event, Engine.Ready ready) {
        if (held.isEmpty()) {
            held = Optional.of(ready.ask());
            engine.hold(ready.ask());
        }
        members.put(ticket, event);
        joining.put(ticket, ready);
        rows += ready.rows();
    }

    /** Takes an event out whose outputs nobody wants any more. */
    void leave(long ticket) {
        if (members.remove(ticket) != null) {
            leaving.add(ticket);
        }
    }

    /** The event of a ticket, unless it has left. */
    Optional<PendingEvent> member(long ticket) {
        return Optional.ofNullable(members.get(ticket));
    }

    /** A stretch of work for a worker; there is one at a time. */
    Supplier<Stretch> begin() {
        busy = true;
        Map<Long, Engine.Ready> in = Map.copyOf(joining);
        List<Long> out = List.copyOf(leaving);
        joining.clear();
        leaving.clear();
        boolean patient = plans >= PLANS;
        return () -> steps.run(in, out, patient);
    }

    /** The stretch is over; events that ended in it are members no more. */
    void end(Stretch stretch) {
        busy = false;
        rows = stretch.rows();
        plan = stretch.plan();
        plans = stretch.steps().isEmpty() ? plans : 0;
        for (Engine.Stepped step : stretch.steps()) {
            if (step.ended()) {
                members.remove(step.ticket());
            }
        }
    }

    /** Gives up what is on its way; only when no stretch runs. */
    void close() {
        steps.close();
        held.ifPresent(engine::done);
        held = Optional.empty();
    }

    /** What workers do; used by one at a time. */
    private final class Steps {
        private Optional<Engine.Stepping> stepping = Optional.empty();

        private Stretch run(Map<Long, Engine.Ready> in, List<Long> out, boolean patient) {
            stepping.ifPresent(open -> out.forEach(open::leave));
            in.forEach((ticket, ready) -> open(ready).join(ticket, ready));
            return stepping.isPresent()
                    ? run(stepping.get(), patient)
                    : new Stretch(List.of(), 0, Optional.empty());
        }

        private Stretch run(Engine.Stepping open, boolean patient) {
            List<Engine.Stepped> done = new ArrayList<>();
            Optional<CompletableFuture<Void>> missing = Optional.empty();
            long until = System.nanoTime() + stretch.toNanos();
            boolean goesOn = open.rows() > 0;
            while (goesOn) {
                Engine.Step step = open.step(patient);
                done.addAll(step.events());
                missing = step.plan();
                goesOn =
                        open.rows() > 0
                                && missing.isEmpty()
                                && step.events().stream().noneMatch(Engine.Stepped::ended)
                                && System.nanoTime() < until;
            }
            return new Stretch(done, open.rows(), missing);
        }

        private Engine.Stepping open(Engine.Ready first) {
            Engine.Stepping open = stepping.orElseGet(() -> engine.stepping(first));
            stepping = Optional.of(open);
            return open;
        }

        private void close() {
            stepping.ifPresent(Engine.Stepping::close);
            stepping = Optional.empty();
        }
    }
}
