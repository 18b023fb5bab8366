/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.apache.avro.Schema;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

class AvroFramingProperties {
    private final AvroFraming framing = AvroFraming.singleObject();

    @Property
    void decode_encoded_isTheSame(
            @ForAll("schemas") Schema schema, @ForAll @IntRange(max = 5) int variant)
            throws Exception {
        SpecificRecord record = SampleRecords.of(schema, variant);
        assertThat(framing.decode(framing.encode(record), type(schema))).isEqualTo(record);
    }

    @Property
    void encode_anyRecord_isWhatAvrosOwnWriterWrites(
            @ForAll("schemas") Schema schema, @ForAll @IntRange(max = 5) int variant)
            throws Exception {
        SpecificRecord record = SampleRecords.of(schema, variant);
        var avro = new ByteArrayOutputStream();
        avro.write(new SingleObjectFraming(PublishedSchemas.all()).header(schema));
        var encoder = EncoderFactory.get().directBinaryEncoder(avro, null);
        new SpecificDatumWriter<>(schema, RecordModel.INSTANCE).write(record, encoder);

        assertThat(framing.encode(record)).isEqualTo(avro.toByteArray());
    }

    @Property
    void decode_truncated_isRefused(
            @ForAll("schemas") Schema schema,
            @ForAll @IntRange(max = 5) int variant,
            @ForAll @IntRange(max = 1_000_000) int cut) {
        byte[] bytes = framing.encode(SampleRecords.of(schema, variant));
        byte[] shorter = Arrays.copyOf(bytes, cut % bytes.length);
        assertThatThrownBy(() -> framing.decode(shorter, type(schema)))
                .isInstanceOf(SchemaException.class);
    }

    @Property(tries = 3000)
    void decode_hostileBytes_areARecordOrRefused(
            @ForAll("schemas") Schema schema, @ForAll byte[] body) {
        byte[] header = new SingleObjectFraming(PublishedSchemas.all()).header(schema);
        byte[] bytes = Arrays.copyOf(header, header.length + body.length);
        System.arraycopy(body, 0, bytes, header.length, body.length);
        decodeOrRefuse(bytes, schema);
    }

    @Property(tries = 3000)
    void decode_damagedRecord_isARecordOrRefused(
            @ForAll("schemas") Schema schema,
            @ForAll @IntRange(max = 5) int variant,
            @ForAll @IntRange(max = 1_000_000) int at,
            @ForAll byte damage) {
        byte[] bytes = framing.encode(SampleRecords.of(schema, variant));
        bytes[at % bytes.length] = damage;
        decodeOrRefuse(bytes, schema);
    }

    /** Any other throwable fails the property. */
    private void decodeOrRefuse(byte[] bytes, Schema schema) {
        try {
            assertThat(framing.decode(bytes, type(schema)).getSchema()).isEqualTo(schema);
        } catch (SchemaException e) {
            assertThat(e).hasMessageMatching("(?s).{10,}");
        }
    }

    @Provide
    Arbitrary<Schema> schemas() {
        return Arbitraries.of(PublishedSchemas.newest());
    }

    private static Class<? extends SpecificRecord> type(Schema schema) {
        return RecordModel.INSTANCE.recordClass(schema);
    }
}
