/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.internal.control.InForce;
import io.hookline.program.ControlEntry;
import io.hookline.program.ControlKind;
import io.hookline.schema.EventFormat;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One version of a model between being put and being released, or the time from which there is none
 * of that name. Belongs to the task thread.
 */
final class ModelVersion {
    private final String name;
    private final @Nullable InForce source;
    private final Arrival arrival;
    private final boolean end;
    private @Nullable ServedModel model;
    private @Nullable String failure;
    private int uses;
    private boolean inForce = true;

    /** When a version was put. */
    enum Arrival {
        /** While the job runs: what serves goes on until it is ready. */
        LIVE,
        /** Before the first event: events wait for it. */
        AT_START,
        /** In state: events wait for it, and it stays there even when it can't be opened now. */
        RESTORED
    }

    private ModelVersion(String name, @Nullable InForce source, Arrival arrival, boolean end) {
        this.name = name;
        this.source = source;
        this.arrival = arrival;
        this.end = end;
    }

    /** A version that a control event asks for. */
    static ModelVersion of(InForce source, Arrival arrival) {
        return new ModelVersion(source.entry().name(), source, arrival, false);
    }

    /** From the time of that control event on there is no model of that name. */
    static ModelVersion end(InForce source, Arrival arrival) {
        return new ModelVersion(source.entry().name(), source, arrival, true);
    }

    /** The job's own model. */
    static ModelVersion own(String name) {
        return new ModelVersion(name, null, Arrival.LIVE, false);
    }

    String name() {
        return name;
    }

    /** The control event that put it, empty for the job's own model. */
    Optional<InForce> source() {
        return Optional.ofNullable(source);
    }

    /** What an event keeps in state so that it gets this version again. */
    InForce remembered() {
        return source == null ? ownMark(name) : source;
    }

    /** Says nothing but that the job's own model is meant: what was put of its name is not. */
    private static InForce ownMark(String name) {
        ControlEntry.Removal removal =
                new ControlEntry.Removal(ControlKind.MODEL, name, Optional.empty());
        SourceEvent nowhere =
                new SourceEvent(
                        new SourcePosition("", 0, -1),
                        0,
                        EventFormat.JSON,
                        removal.key().getBytes(StandardCharsets.UTF_8),
                        new byte[0],
                        List.of());
        return InForce.of(nowhere, removal);
    }

    Arrival arrival() {
        return arrival;
    }

    /** The event time from which on it is meant. */
    Instant from() {
        return source().flatMap(put -> put.entry().effective()).orElse(Instant.MIN);
    }

    /** Whether it says that there is no model of that name. */
    boolean isEnd() {
        return end;
    }

    /** What serves it, once it is open. */
    Optional<ServedModel> model() {
        return Optional.ofNullable(model);
    }

    /** Why it can't be opened. */
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** Whether it is still being opened. */
    boolean isOpening() {
        return model == null && failure == null && !end;
    }

    void opened(ServedModel served) {
        model = served;
    }

    void failed(String reason) {
        failure = reason;
    }

    /** Whether events that arrive may still get it. */
    boolean isInForce() {
        return inForce;
    }

    void supersede() {
        inForce = false;
    }

    void use() {
        uses++;
    }

    void unuse() {
        uses--;
    }

    /** Takes out the model when nothing needs it any more. */
    Optional<ServedModel> idle() {
        if (inForce || uses > 0 || model == null) {
            return Optional.empty();
        }
        ServedModel idle = model;
        model = null;
        failure = "it was released";
        return Optional.of(idle);
    }

    /** As messages name it. */
    String described() {
        if (source == null) {
            return "model '%s'".formatted(name);
        }
        String version =
                source.entry() instanceof ControlEntry.Model put
                        ? put.body().version().map(" version '%s'"::formatted).orElse("")
                        : "";
        return "model '%s'%s of control event %d".formatted(name, version, source.version());
    }
}
