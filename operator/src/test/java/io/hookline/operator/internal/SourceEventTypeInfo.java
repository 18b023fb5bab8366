/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.schema.SourceEvent;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The type of source events that a test makes up. */
final class SourceEventTypeInfo extends TypeInformation<SourceEvent> {
    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public Class<SourceEvent> getTypeClass() {
        return SourceEvent.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<SourceEvent> createSerializer(SerializerConfig config) {
        return SourceEventSerializer.INSTANCE;
    }

    @Override
    public String toString() {
        return "SourceEvent";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SourceEventTypeInfo;
    }

    @Override
    public int hashCode() {
        return 1;
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof SourceEventTypeInfo;
    }
}
