/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.internal.control.ControlRef;
import io.hookline.operator.internal.control.ControlSet;
import io.hookline.operator.internal.control.InForce;
import io.hookline.program.ProgramException;
import io.hookline.schema.SourceEvent;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The control events that restored in-flight events were completed with. */
final class RestoredControls {
    private final Map<ControlRef, InForce> known = new HashMap<>();

    RestoredControls(Collection<SourceEvent> events, EventReader reader) throws ProgramException {
        for (SourceEvent event : events) {
            InForce control = InForce.of(event, reader.control(event));
            known.put(control.ref(), control);
        }
    }

    /** Exactly those, as if nothing else were in force. */
    ControlSet of(List<ControlRef> refs) {
        return ControlSet.of(refs.stream().map(this::find).toList());
    }

    private InForce find(ControlRef ref) {
        InForce control = known.get(ref);
        if (control == null) {
            throw new IllegalStateException(
                    "the state lacks '%s' of version %d".formatted(ref.key(), ref.version()));
        }
        return control;
    }
}
