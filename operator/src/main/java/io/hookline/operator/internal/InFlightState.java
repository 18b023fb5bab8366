/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.schema.SourceEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;

/**
 * In-flight events as operator state, shared out anew when the parallelism changes. The control
 * events that they were completed with stand beside them once per subtask, and everybody gets all
 * of those back. Watermarks are no state: after a change of parallelism one subtask's watermark
 * could make another's events late, and sources give them again.
 */
final class InFlightState {
    private static final ListStateDescriptor<InFlightElement> EVENTS =
            new ListStateDescriptor<>("hookline-in-flight-v1", InFlightElementSerializer.INSTANCE);
    private static final ListStateDescriptor<SourceEvent> CONTROLS =
            new ListStateDescriptor<>(
                    "hookline-in-flight-controls-v1", SourceEventSerializer.INSTANCE);

    private final ListState<InFlightElement> events;
    private final ListState<SourceEvent> controls;

    /** Everything at one moment. */
    record Snapshot(List<InFlightElement> events, Collection<SourceEvent> controls) {}

    InFlightState(OperatorStateStore store) throws Exception {
        events = store.getListState(EVENTS);
        controls = store.getUnionListState(CONTROLS);
    }

    void write(Snapshot snapshot) throws Exception {
        events.update(snapshot.events());
        controls.update(List.copyOf(snapshot.controls()));
    }

    Snapshot read() throws Exception {
        List<InFlightElement> elements = new ArrayList<>();
        events.get().forEach(elements::add);
        List<SourceEvent> used = new ArrayList<>();
        controls.get().forEach(used::add);
        return new Snapshot(elements, used);
    }
}
