/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.internal.control.AskedSignals;
import io.hookline.operator.internal.control.ControlSet;
import io.hookline.operator.internal.control.ControlView;
import io.hookline.operator.internal.control.InForce;
import io.hookline.operator.internal.control.Versions;
import io.hookline.program.About;
import io.hookline.program.ControlEntry;
import io.hookline.program.ControlKind;
import io.hookline.program.ControlReader;
import io.hookline.program.Intervention;
import io.hookline.program.Problem;
import io.hookline.program.Program;
import io.hookline.program.ProgramDraft;
import io.hookline.program.ProgramException;
import io.hookline.program.ProgramReader;
import io.hookline.schema.ControlEvent;
import io.hookline.schema.ErrorCode;
import io.hookline.schema.EventFormat;
import io.hookline.schema.Header;
import io.hookline.schema.PromptEvent;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.SchemaException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;

/** Understands the bytes of events and control events. */
final class EventReader {
    private static final long OWN = -1;

    private final AvroFraming framing;
    private final String model;
    private final AskedSignals signals;

    /**
     * A reader.
     *
     * @param model the name of the model that events mean when they name none
     */
    EventReader(AvroFraming framing, String model, AskedSignals signals) {
        this.framing = framing;
        this.model = model;
        this.signals = signals;
    }

    /**
     * What a control event says. One without a value removes what its key names.
     *
     * @throws ProgramException with everything that is wrong with it
     */
    ControlEntry control(SourceEvent event) throws ProgramException {
        if (event.value().length == 0) {
            return ControlReader.removal(new String(event.key(), StandardCharsets.UTF_8));
        }
        return event.format() == EventFormat.JSON
                ? ControlReader.read(event.value())
                : ControlReader.read(decode(event, ControlEvent.class));
    }

    /**
     * What an event asks for under the control events that are in force at its time.
     *
     * @throws ProgramException when the bytes are no document at all
     */
    Ask ask(SourceEvent event, ControlSet put) throws ProgramException {
        ProgramDraft draft =
                event.format() == EventFormat.JSON
                        ? ProgramReader.draft(event.value())
                        : ProgramReader.draft(decode(event, PromptEvent.class));
        About about = draft.program().about();
        String id = about.id().orElseGet(() -> Ask.eventId(event));
        ControlView controls = put.at(Ask.eventTime(event, about));
        About seen = seen(about, event);
        ProgramDraft complete = controls.completion().complete(draft.with(seen), id);
        List<InForce> used = new ArrayList<>(policies(complete.program(), controls));
        Versions versions = versions(draft.program(), used, controls);
        used.addAll(vectors(draft.program(), used, controls));
        ProgramDraft asked = complete.with(meant(about, used));
        if (!signals.enabled()) {
            return new Ask(event, asked, versions, used, List.of());
        }
        List<InForce> probes = controls.probes(seen, id);
        used.addAll(probes);
        return new Ask(event, asked, versions, used, signals.with(probes));
    }

    /** The event's description, with the model of the last policy that has one if it names none. */
    private static About meant(About about, List<InForce> used) {
        Optional<String> named =
                used.stream()
                        .flatMap(each -> body(each).stream())
                        .flatMap(body -> body.about().model().stream())
                        .reduce((earlier, later) -> later);
        return described(about, about.model().or(() -> named), about.headers());
    }

    /** The event as policies match it: with the model it means, and with its Kafka headers. */
    private About seen(About about, SourceEvent event) {
        Map<String, String> headers = new HashMap<>();
        for (Header header : event.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        headers.putAll(about.headers());
        return described(about, about.model().or(() -> Optional.of(model)), headers);
    }

    private static About described(
            About about, Optional<String> model, Map<String, String> headers) {
        return new About(about.id(), model, about.tenant(), about.session(), about.time(), headers);
    }

    private static Optional<Program> body(InForce each) {
        return each.entry() instanceof ControlEntry.Policy policy
                ? Optional.of(policy.body())
                : Optional.empty();
    }

    private static List<InForce> policies(Program complete, ControlView controls) {
        return complete.policies().stream()
                .flatMap(name -> controls.find(ControlKind.POLICY, name).stream())
                .toList();
    }

    /** The vectors that an event and its policies refer to. */
    private static List<InForce> vectors(
            Program own, List<InForce> policies, ControlView controls) {
        SortedSet<String> names = new TreeSet<>(own.vectors());
        policies.forEach(policy -> body(policy).ifPresent(body -> names.addAll(body.vectors())));
        return names.stream()
                .flatMap(name -> controls.find(ControlKind.VECTOR, name).stream())
                .toList();
    }

    private static Versions versions(Program own, List<InForce> policies, ControlView controls) {
        Map<String, Long> interventions = new HashMap<>();
        for (InForce policy : policies) {
            body(policy).ifPresent(body -> name(body, policy.version(), interventions));
        }
        name(own, OWN, interventions);
        return new Versions(
                byName(policies), interventions, byName(vectors(own, policies, controls)));
    }

    private static Map<String, Long> byName(List<InForce> entries) {
        return entries.stream()
                .collect(Collectors.toMap(each -> each.entry().name(), InForce::version));
    }

    private static void name(Program program, long version, Map<String, Long> interventions) {
        program.allInterventions()
                .map(Intervention::name)
                .flatMap(Optional::stream)
                .forEach(name -> interventions.put(name, version));
    }

    private <T extends SpecificRecord> T decode(SourceEvent event, Class<T> type)
            throws ProgramException {
        try {
            return framing.decode(event.value(), type);
        } catch (SchemaException malformed) {
            throw new ProgramException(
                    List.of(
                            new Problem(
                                    ErrorCode.MALFORMED_EVENT,
                                    "",
                                    String.valueOf(malformed.getMessage()))));
        }
    }
}
