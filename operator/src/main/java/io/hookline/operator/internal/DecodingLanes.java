/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Events that generate step by step: those that wait, and the lanes in which the others are on
 * their way, for each model as many as there are workers. Belongs to the task thread.
 */
final class DecodingLanes {
    private final Engine engine;
    private final Owner owner;
    private final Width width;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final List<DecodingLane> lanes = new ArrayList<>();
    private long tickets;

    private record Waiting(PendingEvent event, Engine.Ready ready, long since) {
        String model() {
            return ready.key().model();
        }
    }

    /** Whoever has events on their way. */
    interface Owner {
        /** Milliseconds now. */
        long now();

        /** Has a worker do something. */
        <T> void run(Supplier<T> work, Consumer<T> then);

        /** Goes on when a plan is compiled. */
        void await(CompletableFuture<Void> plan, Runnable then);

        /** Events have joined others, the first of which had waited that long. */
        void joined(int events, long waited);

        /** A step of an event, which has not ended otherwise. */
        void stepped(PendingEvent event, Outputs outputs, boolean ended);
    }

    /**
     * How much goes on at once.
     *
     * @param rows in one lane at most, but for an event that has more by itself
     * @param lanes of one model
     * @param stretch how long a worker goes on before it asks for events that have arrived
     */
    record Width(int rows, int lanes, Duration stretch) {}

    DecodingLanes(Engine engine, Owner owner, Width width) {
        this.engine = engine;
        this.owner = owner;
        this.width = width;
    }

    /** Takes an event in; it sets out with the next {@link #dispatch}. */
    void add(PendingEvent event, Engine.Ready ready) {
        Waiting entry = new Waiting(event, ready, owner.now());
        waiting.add(entry);
        event.waits(() -> waiting.remove(entry));
    }

    /** Has workers go on with whatever is on its way or waits to be. */
    void dispatch() {
        assign();
        lanes.removeIf(lane -> !lane.isBusy() && isDone(lane));
        for (DecodingLane lane : lanes) {
            if (!lane.isBusy() && !lane.isWaiting()) {
                owner.run(lane.begin(), stretch -> ended(lane, stretch));
            }
        }
    }

    private static boolean isDone(DecodingLane lane) {
        if (lane.isEmpty()) {
            lane.close();
            return true;
        }
        return false;
    }

    private void ended(DecodingLane lane, DecodingLane.Stretch stretch) {
        for (Engine.Stepped step : stretch.steps()) {
            lane.member(step.ticket())
                    .ifPresent(event -> owner.stepped(event, step.outputs(), step.ended()));
        }
        lane.end(stretch);
        stretch.plan().ifPresent(plan -> owner.await(plan, () -> compiled(lane, plan)));
        dispatch();
    }

    private void compiled(DecodingLane lane, CompletableFuture<Void> plan) {
        lane.compiled(plan);
        dispatch();
    }

    /**
     * Lets events join lanes that stand still. Of events of one model the oldest goes first, and
     * those that come later wait for it.
     */
    private void assign() {
        Map<String, Integer> shares = new HashMap<>();
        waiting.forEach(each -> shares.computeIfAbsent(each.model(), this::fairShare));
        int joined = 0;
        long waited = 0;
        for (Iterator<Waiting> each = waiting.iterator(); each.hasNext() && !shares.isEmpty(); ) {
            Waiting next = each.next();
            int share = shares.getOrDefault(next.model(), 0);
            Optional<DecodingLane> lane = share == 0 ? Optional.empty() : lane(next, share);
            if (lane.isEmpty()) {
                shares.remove(next.model());
                continue;
            }
            each.remove();
            join(lane.get(), next);
            joined++;
            waited = Math.max(waited, owner.now() - next.since());
        }
        if (joined > 0) {
            owner.joined(joined, waited);
        }
    }

    private void join(DecodingLane lane, Waiting next) {
        long ticket = tickets++;
        lane.join(ticket, next.event(), next.ready());
        next.event().waits(() -> lane.leave(ticket));
    }

    /** The lane with the fewest rows that stands still, unless it has its share. */
    private Optional<DecodingLane> lane(Waiting next, int share) {
        return of(next.model())
                .filter(lane -> !lane.isBusy() && hasRoom(lane, next.ready().rows(), share))
                .min(Comparator.comparingInt(DecodingLane::rows))
                .or(() -> opened(next.model()));
    }

    private boolean hasRoom(DecodingLane lane, int rows, int share) {
        return lane.rows() == 0 || (lane.rows() < share && lane.rows() + rows <= width.rows());
    }

    /** Rows of each lane of a model when all had as many. */
    private int fairShare(String model) {
        int rows =
                of(model).mapToInt(DecodingLane::rows).sum()
                        + waiting.stream()
                                .filter(each -> each.model().equals(model))
                                .mapToInt(each -> each.ready().rows())
                                .sum();
        return (rows + width.lanes() - 1) / width.lanes();
    }

    private Optional<DecodingLane> opened(String model) {
        if (of(model).count() >= width.lanes()) {
            return Optional.empty();
        }
        DecodingLane lane = new DecodingLane(engine, model, width.stretch());
        lanes.add(lane);
        return Optional.of(lane);
    }

    private Stream<DecodingLane> of(String model) {
        return lanes.stream().filter(lane -> lane.model().equals(model));
    }

    /** Rows that are on their way. */
    int rows() {
        return lanes.stream().mapToInt(DecodingLane::rows).sum();
    }

    /** Whether nothing waits and nothing is on its way. */
    boolean isEmpty() {
        return waiting.isEmpty() && lanes.stream().allMatch(DecodingLane::isEmpty);
    }

    /** Gives up what is on its way; only when no worker runs. */
    void close() {
        lanes.forEach(DecodingLane::close);
        lanes.clear();
    }
}
