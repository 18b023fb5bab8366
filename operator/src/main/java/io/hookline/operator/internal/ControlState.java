/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.internal.control.ControlHistory;
import io.hookline.operator.internal.control.ControlRef;
import io.hookline.operator.internal.control.ControlSet;
import io.hookline.operator.internal.control.InForce;
import io.hookline.operator.internal.control.SignalCheck;
import io.hookline.program.ControlEntry;
import io.hookline.program.ControlKind;
import io.hookline.program.ProgramException;
import io.hookline.schema.SourceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.StringSerializer;

/**
 * The control events in force as broadcast state: of each {@code kind/name} those that hold for
 * some event time. A key is the number of an arrival, which orders them, and the event's own.
 */
final class ControlState {
    private static final MapStateDescriptor<String, SourceEvent> IN_FORCE =
            new MapStateDescriptor<>(
                    "hookline-control-v1",
                    StringSerializer.INSTANCE,
                    SourceEventSerializer.INSTANCE);

    private final BroadcastState<String, SourceEvent> state;
    private final EventReader reader;
    private final SignalCheck check;
    private final Map<ControlRef, String> keys = new HashMap<>();
    private final List<InForce> models = new ArrayList<>();
    private long arrivals;
    private ControlSet inForce;

    /**
     * Takes up what was in force when the state was written. It was checked then, and what the
     * model of today has no place for any more does nothing.
     */
    ControlState(OperatorStateStore store, EventReader reader, SignalCheck check) throws Exception {
        this.state = store.getBroadcastState(IN_FORCE);
        this.reader = reader;
        this.check = check;
        this.inForce = ControlSet.NONE;
        TreeMap<String, SourceEvent> before = new TreeMap<>();
        state.entries().forEach(entry -> before.put(entry.getKey(), entry.getValue()));
        state.clear();
        for (SourceEvent event : before.values()) {
            InForce control = apply(event, reader.control(event));
            if (control.entry().kind() == ControlKind.MODEL) {
                models.add(control);
                keep(control);
            }
        }
    }

    /** The versions of models that the state held, in the order of their arrival. */
    List<InForce> models() {
        return models;
    }

    /** What is in force now. Immutable. */
    ControlSet inForce() {
        return inForce;
    }

    /**
     * Applies a control event and says what it is. One of a model changes nothing here: whether it
     * comes into force is seen when the model is opened.
     *
     * @throws ProgramException when it is wrong; then nothing changes
     */
    InForce apply(SourceEvent event) throws Exception {
        ControlEntry entry = reader.control(event);
        check.check(entry);
        return apply(event, entry);
    }

    private InForce apply(SourceEvent event, ControlEntry entry) throws Exception {
        ControlSet after = inForce.with(event, entry);
        write(inForce.history(entry.key()), after.history(entry.key()));
        inForce = after;
        return InForce.of(event, entry);
    }

    /** Writes what changed of one {@code kind/name}. */
    private void write(ControlHistory before, ControlHistory after) throws Exception {
        for (InForce gone : before.versions()) {
            if (!after.holds(gone.ref())) {
                forget(gone.ref());
            }
        }
        for (InForce version : after.versions()) {
            keep(version);
        }
    }

    /** Keeps a control event in state. */
    void keep(InForce version) throws Exception {
        if (!keys.containsKey(version.ref())) {
            String key = "%019d/%s".formatted(arrivals++, version.ref().key());
            keys.put(version.ref(), key);
            state.put(key, version.source());
        }
    }

    /** Keeps a control event no longer. */
    void forget(ControlRef ref) throws Exception {
        String key = keys.remove(ref);
        if (key != null) {
            state.remove(key);
        }
    }
}
