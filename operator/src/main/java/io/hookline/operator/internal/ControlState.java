/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.program.ControlEntry;
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
    private final EventReader reader;
    private ControlSet inForce;

    /** Takes up what was in force when the state was written. */
    ControlState(OperatorStateStore store, EventReader reader) throws Exception {
        this.state = store.getBroadcastState(IN_FORCE);
        this.reader = reader;
        this.inForce = ControlSet.NONE;
        for (Map.Entry<String, SourceEvent> entry : state.entries()) {
            inForce = inForce.with(entry.getValue(), reader.control(entry.getValue()));
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
        ControlEntry entry = reader.control(event);
        ControlSet after = inForce.with(event, entry);
        if (after.find(entry.key()).isPresent()) {
            state.put(entry.key(), event);
        } else {
            state.remove(entry.key());
        }
        inForce = after;
    }
}
