/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.program.Program;
import io.hookline.program.ProgramException;
import io.hookline.program.ProgramReader;
import io.hookline.schema.SourceEvent;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The control events in force, by {@code kind/name}. Immutable. */
record ControlSet(Map<String, ControlEntry> entries) {
    static final ControlSet NONE = new ControlSet(Map.of());

    ControlSet {
        entries = Map.copyOf(entries);
    }

    static ControlSet of(List<ControlRef> refs, Collection<SourceEvent> events) {
        return NONE;
    }

    ControlSet apply(SourceEvent event) throws ProgramException {
        return this;
    }

    Ask complete(SourceEvent event) throws ProgramException {
        Program program = ProgramReader.read(event.value());
        return new Ask(event, program, Versions.NONE, List.of());
    }
}
