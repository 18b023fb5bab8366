/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** In-flight events in state. */
final class InFlightElementSerializer extends TypeSerializerSingleton<InFlightElement> {
    /** The one instance. */
    static final InFlightElementSerializer INSTANCE = new InFlightElementSerializer();

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public InFlightElement createInstance() {
        throw new UnsupportedOperationException("there is no empty instance");
    }

    @Override
    public InFlightElement copy(InFlightElement from) {
        return from;
    }

    @Override
    public InFlightElement copy(InFlightElement from, InFlightElement reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(InFlightElement record, DataOutputView target) throws IOException {
        InFlightCodec.write(record, target);
    }

    @Override
    public InFlightElement deserialize(DataInputView source) throws IOException {
        return InFlightCodec.read(source);
    }

    @Override
    public InFlightElement deserialize(InFlightElement reuse, DataInputView source)
            throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public TypeSerializerSnapshot<InFlightElement> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Finds this serializer again; its format's version stands in every record. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<InFlightElement> {
        /** For Flink, which restores it by name. */
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
