/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
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
    private @Nullable Ask ask;
    private Runnable withdraw = () -> {};
    private @Nullable Outputs outputs;
    private int left;

    PendingEvent(InFlightElement element, long arrivedAt) {
        this.source = element.event();
        this.timestamp = element.timestamp();
        this.before = element.progress();
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

    /** What it asks for, once it was understood. */
    Optional<Ask> ask() {
        return Optional.ofNullable(ask);
    }

    void understood(Ask ask) {
        this.ask = ask;
    }

    /** It waits for a batch, and this is how it stops to. */
    void waits(Runnable withdraw) {
        this.withdraw = withdraw;
    }

    /** It is in a batch. */
    void batched() {
        withdraw = () -> {};
    }

    /** It stops to wait for a batch, if it does. */
    void withdraw() {
        withdraw.run();
        batched();
    }

    boolean isCompleted() {
        return outputs != null;
    }

    /** Its outputs are ready. A failure is written whole, whatever left before it. */
    void complete(Outputs outputs) {
        this.outputs = outputs;
        this.left = outputs.failed() ? 0 : Math.min(before.index(), outputs.envelopes().size());
    }

    /** The next outputs to leave, at most that many; they count as left. */
    List<Envelope> next(int atMost) {
        List<Envelope> envelopes = outputs == null ? List.of() : outputs.envelopes();
        int end = Math.min(envelopes.size(), left + atMost);
        List<Envelope> next = envelopes.subList(left, end);
        left = end;
        return next;
    }

    /** Whether every output has left. */
    boolean hasLeft() {
        return outputs != null && left == outputs.envelopes().size();
    }

    /** As it is kept in state now. */
    InFlightElement element() {
        List<ControlRef> controls =
                ask == null ? List.of() : ask.controls().stream().map(InForce::ref).toList();
        return new InFlightElement(source, timestamp, controls, progress());
    }

    private Progress progress() {
        boolean some = outputs != null && !outputs.failed() && left > 0;
        return some && outputs != null ? new Progress(0, left, outputs.generated()) : before;
    }
}
