/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import io.hookline.schema.Envelope;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The type of envelopes on an edge, with a format of its own. */
public final class EnvelopeTypeInfo extends TypeInformation<Envelope> {
    /** The one instance. */
    public static final EnvelopeTypeInfo INSTANCE = new EnvelopeTypeInfo();

    private EnvelopeTypeInfo() {}

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
    public Class<Envelope> getTypeClass() {
        return Envelope.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<Envelope> createSerializer(SerializerConfig config) {
        return EnvelopeSerializer.INSTANCE;
    }

    @Override
    public String toString() {
        return "Envelope";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EnvelopeTypeInfo;
    }

    @Override
    public int hashCode() {
        return EnvelopeTypeInfo.class.hashCode();
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof EnvelopeTypeInfo;
    }
}
