/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import io.hookline.schema.Envelope;
import io.hookline.schema.codec.EnvelopeCodec;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Envelopes between operators. */
final class EnvelopeSerializer extends TypeSerializerSingleton<Envelope> {
    /** The one instance. */
    static final EnvelopeSerializer INSTANCE = new EnvelopeSerializer();

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public Envelope createInstance() {
        throw new UnsupportedOperationException("there is no empty instance");
    }

    @Override
    public Envelope copy(Envelope from) {
        return from;
    }

    @Override
    public Envelope copy(Envelope from, Envelope reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(Envelope record, DataOutputView target) throws IOException {
        EnvelopeCodec.write(record, target);
    }

    @Override
    public Envelope deserialize(DataInputView source) throws IOException {
        return EnvelopeCodec.read(source);
    }

    @Override
    public Envelope deserialize(Envelope reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public TypeSerializerSnapshot<Envelope> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Finds this serializer again; its format's version stands in every record. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Envelope> {
        /** For Flink, which restores it by name. */
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
