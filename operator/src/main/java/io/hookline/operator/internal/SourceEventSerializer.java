/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.schema.SourceEvent;
import io.hookline.schema.codec.SourceEventCodec;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Source events in state. */
final class SourceEventSerializer extends TypeSerializerSingleton<SourceEvent> {
    /** The one instance. */
    static final SourceEventSerializer INSTANCE = new SourceEventSerializer();

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public SourceEvent createInstance() {
        throw new UnsupportedOperationException("there is no empty instance");
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
        return -1;
    }

    @Override
    public void serialize(SourceEvent record, DataOutputView target) throws IOException {
        SourceEventCodec.write(record, target);
    }

    @Override
    public SourceEvent deserialize(DataInputView source) throws IOException {
        return SourceEventCodec.read(source);
    }

    @Override
    public SourceEvent deserialize(SourceEvent reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public TypeSerializerSnapshot<SourceEvent> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Finds this serializer again; its format's version stands in every record. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<SourceEvent> {
        /** For Flink, which restores it by name. */
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
