/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.EventFormat;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import io.hookline.schema.codec.SourceEventCodec;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Source events on an edge and in state. Every event carries the version it was written with, so
 * what an older version wrote stays readable. Events never change: a copy is the event itself.
 */
public final class SourceEventSerializer extends TypeSerializerSingleton<SourceEvent> {
    /** The one instance; it has no state. */
    public static final SourceEventSerializer INSTANCE = new SourceEventSerializer();

    private static final long serialVersionUID = 1;
    private static final int ANY_LENGTH = -1;

    private SourceEventSerializer() {}

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public SourceEvent createInstance() {
        return new SourceEvent(
                new SourcePosition("", 0, 0),
                0,
                EventFormat.JSON,
                new byte[0],
                new byte[0],
                List.of());
    }

    @Override
    public SourceEvent copy(SourceEvent from) {
        return from;
    }

    @Override
    public SourceEvent copy(SourceEvent from, SourceEvent reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return ANY_LENGTH;
    }

    @Override
    public void serialize(SourceEvent event, DataOutputView target) throws IOException {
        SourceEventCodec.write(event, target);
    }

    @Override
    public SourceEvent deserialize(DataInputView source) throws IOException {
        return SourceEventCodec.read(source);
    }

    @Override
    public SourceEvent deserialize(SourceEvent reuse, DataInputView source) throws IOException {
        return SourceEventCodec.read(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        SourceEventCodec.write(SourceEventCodec.read(source), target);
    }

    @Override
    public TypeSerializerSnapshot<SourceEvent> snapshotConfiguration() {
        return new Snapshot();
    }

    /** What a savepoint remembers of the serializer: its class; the version is in the events. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<SourceEvent> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
