/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert.internal;

import io.hookline.alert.SubjectState;
import io.hookline.alert.SubjectStateCodec;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A subject's state in Flink's state; its format's version stands in every one. */
final class SubjectStateSerializer extends TypeSerializerSingleton<SubjectState> {
    private static final long serialVersionUID = 1;

    /** The one instance. */
    static final SubjectStateSerializer INSTANCE = new SubjectStateSerializer();

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public SubjectState createInstance() {
        throw new UnsupportedOperationException("there is no empty instance");
    }

    @Override
    public SubjectState copy(SubjectState from) {
        return from;
    }

    @Override
    public SubjectState copy(SubjectState from, SubjectState reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(SubjectState state, DataOutputView target) throws IOException {
        SubjectStateCodec.write(state, target);
    }

    @Override
    public SubjectState deserialize(DataInputView source) throws IOException {
        return SubjectStateCodec.read(source);
    }

    @Override
    public SubjectState deserialize(SubjectState reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public TypeSerializerSnapshot<SubjectState> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Finds this serializer again. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<SubjectState> {
        /** For Flink, which restores it by name. */
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
