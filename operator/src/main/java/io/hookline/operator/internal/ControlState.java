/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.program.ProgramException;
import io.hookline.schema.SourceEvent;
import java.util.Map;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.StringSerializer;

/** The control events in force as broadcast state: the newest of each {@code kind/name}. */
final class ControlState {
    private static final MapStateDescriptor<String, SourceEvent> IN_FORCE =
            new MapStateDescriptor<>(
                    "hookline-control-v1",
                    StringSerializer.INSTANCE,
                    SourceEventSerializer.INSTANCE);

    private final BroadcastState<String, SourceEvent> state;
    private ControlSet inForce;

    /** Takes up what was in force when the state was written. */
    ControlState(OperatorStateStore store) throws Exception {
        state = store.getBroadcastState(IN_FORCE);
        inForce = ControlSet.NONE;
        for (Map.Entry<String, SourceEvent> entry : state.entries()) {
            inForce = inForce.apply(entry.getValue());
        }
    }

    /** What is in force now. Immutable. */
    ControlSet inForce() {
        return inForce;
    }

    /**
     * Applies a control event.
     *
     * @throws ProgramException when it is wrong; then nothing changes
     */
    void apply(SourceEvent event) throws Exception {
        ControlSet before = inForce;
        ControlSet after = before.apply(event);
        for (ControlEntry entry : before.entries().values()) {
            if (!after.entries().containsKey(entry.ref().key())) {
                state.remove(entry.ref().key());
            }
        }
        for (ControlEntry entry : after.entries().values()) {
            if (!entry.equals(before.entries().get(entry.ref().key()))) {
                state.put(entry.ref().key(), entry.source());
            }
        }
        inForce = after;
    }
}
