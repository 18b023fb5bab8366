/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.internal.budget.Losses;
import io.hookline.operator.internal.control.ControlRef;
import io.hookline.operator.internal.control.InForce;
import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An event between arrival and departure. Belongs to the task thread. */
final class PendingEvent {
    private final SourceEvent source;
    private final OptionalLong timestamp;
    private final long arrivedAt;
    private final Progress before;
    private final Deque<Envelope> ready = new ArrayDeque<>();
    private final Losses losses;
    private @Nullable Ask ask;
    private Runnable withdraw = () -> {};
    private List<int[]> generated;
    private boolean completed;
    private int suppressed;
    private int left;

    PendingEvent(InFlightElement element, long arrivedAt) {
        this.source = element.event();
        this.timestamp = element.timestamp();
        this.before = element.progress();
        this.losses = new Losses(before.lost());
        this.generated = before.generated();
        this.suppressed = before.left();
        this.left = before.left();
        this.arrivedAt = arrivedAt;
    }

    SourceEvent source() {
        return source;
    }

    OptionalLong timestamp() {
        return timestamp;
    }

    long arrivedAt() {
        return arrivedAt;
    }

    /** How far it had come when the task started. */
    Progress before() {
        return before;
    }

    /** What a budget took from its records. */
    Losses losses() {
        return losses;
    }

    /** What it asks for, once it was understood. */
    Optional<Ask> ask() {
        return Optional.ofNullable(ask);
    }

    void understood(Ask ask) {
        this.ask = ask;
    }

    /** It waits for a batch or is on its way step by step, and this is how it stops to. */
    void waits(Runnable withdraw) {
        this.withdraw = withdraw;
    }

    /** It is in a batch, from which nothing can be taken. */
    void batched() {
        withdraw = () -> {};
    }

    /** It stops to wait for a batch or to be on its way, if it does. */
    void withdraw() {
        withdraw.run();
        batched();
    }

    boolean isCompleted() {
        return completed;
    }

    /** New tokens that are known of. */
    int tokens() {
        return Progress.tokens(generated);
    }

    /** Some of its outputs are ready; those that left before a restart are left out. */
    void add(Outputs outputs) {
        if (Progress.tokens(outputs.generated()) >= tokens()) {
            generated = outputs.generated();
        }
        for (Envelope envelope : outputs.envelopes()) {
            if (suppressed > 0) {
                suppressed--;
            } else {
                ready.add(envelope);
            }
        }
    }

    /**
     * The last of its outputs are ready. A failure is written whole, whatever left before it, and
     * nothing else leaves.
     */
    void complete(Outputs outputs) {
        completed = true;
        if (outputs.failed()) {
            ready.clear();
            ready.addAll(outputs.envelopes());
        } else {
            add(outputs);
        }
    }

    /** The next outputs to leave, at most that many; they count as left. */
    List<Envelope> next(int atMost) {
        List<Envelope> next = new ArrayList<>();
        while (next.size() < atMost && !ready.isEmpty()) {
            next.add(ready.remove());
        }
        left += next.size();
        return next;
    }

    /** Whether nothing is ready that has not left. */
    boolean isEmpty() {
        return ready.isEmpty();
    }

    /** Whether every output has left. */
    boolean hasLeft() {
        return completed && ready.isEmpty();
    }

    /** As it is kept in state now. */
    InFlightElement element() {
        List<ControlRef> controls =
                ask == null ? List.of() : ask.controls().stream().map(InForce::ref).toList();
        return new InFlightElement(
                source,
                timestamp,
                controls,
                new Progress(before.sequence(), left, generated, losses.lost()));
    }
}
