/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.internal.control.InForce;
import io.hookline.operator.internal.control.Versions;
import io.hookline.plan.SignalRequest;
import io.hookline.program.About;
import io.hookline.program.ControlKind;
import io.hookline.program.Problem;
import io.hookline.program.Program;
import io.hookline.program.ProgramDraft;
import io.hookline.schema.SourceEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an event asks for under the control events in force: complete, nothing is looked up later.
 *
 * @param draft the program, and what was found wrong so far
 * @param controls the control events that were used, that of its model among them
 * @param signals what is measured besides
 * @param model what it runs on, once that is known
 */
record Ask(
        SourceEvent source,
        ProgramDraft draft,
        Versions versions,
        List<InForce> controls,
        List<SignalRequest> signals,
        Optional<ServedModel> model) {
    Ask {
        controls = List.copyOf(controls);
        signals = List.copyOf(signals);
    }

    /** What an event asks for that has no model yet. */
    Ask(
            SourceEvent source,
            ProgramDraft draft,
            Versions versions,
            List<InForce> controls,
            List<SignalRequest> signals) {
        this(source, draft, versions, controls, signals, Optional.empty());
    }

    /** The same on that version of a model, or waiting for it. */
    Ask on(ModelVersion version) {
        Stream<InForce> others =
                controls.stream().filter(each -> each.entry().kind() != ControlKind.MODEL);
        return new Ask(
                source,
                draft,
                versions,
                Stream.concat(others, Stream.of(version.remembered())).toList(),
                signals,
                version.model());
    }

    /** The same with something that is wrong. */
    Ask with(Problem problem) {
        return new Ask(source, draft.with(List.of(problem)), versions, controls, signals, model);
    }

    /** The program, with placeholders for what is wrong. */
    Program program() {
        return draft.program();
    }

    /** The event's id: its own, else one that follows from where it was read. */
    String eventId() {
        return program().about().id().orElseGet(() -> eventId(source));
    }

    /** Epoch milliseconds: the event's own time, else the Kafka timestamp. */
    long eventTime() {
        return eventTime(source, program().about());
    }

    /** The time of an event that says that about itself. */
    static long eventTime(SourceEvent source, About about) {
        return about.time().map(Instant::toEpochMilli).orElse(source.timestamp());
    }

    /** The id of an event that brings none. */
    static String eventId(SourceEvent source) {
        return "%s-%d-%d"
                .formatted(
                        source.position().topic(),
                        source.position().partition(),
                        source.position().offset());
    }
}
