/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.schema.EventFormat;
import io.hookline.schema.Header;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

class SourceEventSerializerProperties {
    private final TypeSerializer<SourceEvent> serializer =
            SourceEventTypeInfo.INSTANCE.createSerializer(new SerializerConfigImpl());

    @Property(tries = 200)
    void events_oneAfterAnother_comeBack(@ForAll("events") List<SourceEvent> events)
            throws IOException {
        DataOutputSerializer written = new DataOutputSerializer(64);
        DataOutputSerializer copied = new DataOutputSerializer(64);
        for (SourceEvent event : events) {
            serializer.serialize(event, written);
        }
        DataInputDeserializer source = new DataInputDeserializer(written.getCopyOfBuffer());
        for (int i = 0; i < events.size(); i++) {
            serializer.copy(source, copied);
        }
        assertThat(source.available()).isZero();
        DataInputDeserializer back = new DataInputDeserializer(copied.getCopyOfBuffer());
        for (SourceEvent event : events) {
            assertThat(serializer.deserialize(back)).isEqualTo(event);
        }
    }

    @Example
    void snapshot_writtenAndRead_restoresTheSerializer() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
        TypeSerializerSnapshot<SourceEvent> snapshot =
                TypeSerializerSnapshot.readVersionedSnapshot(
                        new DataInputDeserializer(out.getCopyOfBuffer()),
                        getClass().getClassLoader());
        assertThat(snapshot.restoreSerializer()).isEqualTo(serializer);
        assertThat(
                        serializer
                                .snapshotConfiguration()
                                .resolveSchemaCompatibility(snapshot)
                                .isCompatibleAsIs())
                .isTrue();
    }

    @Provide
    Arbitrary<List<SourceEvent>> events() {
        Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
        Arbitrary<SourcePosition> positions =
                Combinators.combine(
                                Arbitraries.strings().ofMaxLength(10),
                                Arbitraries.integers(),
                                Arbitraries.longs())
                        .as(SourcePosition::new);
        Arbitrary<List<Header>> headers =
                Combinators.combine(Arbitraries.strings().ofMaxLength(5), bytes)
                        .as(Header::new)
                        .list()
                        .ofMaxSize(3);
        return Combinators.combine(
                        positions,
                        Arbitraries.longs(),
                        Arbitraries.of(EventFormat.class),
                        bytes,
                        bytes,
                        headers)
                .as(SourceEvent::new)
                .list()
                .ofMaxSize(4);
    }
}
