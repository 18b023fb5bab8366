/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.PromptEvent;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.TensorPayload;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.junit.jupiter.api.Test;

class AvroFramingTest {
    private static final SourceRecord SOURCE = new SourceRecord("events", 3, 42L);

    private final AvroFraming framing = AvroFraming.singleObject();

    @Test
    void encode_isReadByAvrosOwnDecoder() throws Exception {
        var decoder =
                new BinaryMessageDecoder<GenericRecord>(
                        GenericData.get(), SourceRecord.getClassSchema());
        assertThat(decoder.decode(framing.encode(SOURCE))).hasToString(SOURCE.toString());
    }

    @Test
    void decode_readsAvrosOwnEncoder() throws Exception {
        byte[] bytes = bytes(SourceRecord.getEncoder().encode(SOURCE));
        assertThat(framing.decode(bytes, SourceRecord.class)).isEqualTo(SOURCE);
    }

    @Test
    void encode_missingField_isNamed() {
        assertThatThrownBy(() -> framing.encode(new SourceRecord(null, 0, 0L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SourceRecord")
                .hasMessageContaining("topic");
    }

    @Test
    void encode_afterARecordThatFailedHalfWay_isAsIfAlone() throws Exception {
        var fresh = new AvroFraming(new SingleObjectFraming(PublishedSchemas.all()));
        byte[] alone = fresh.encode(SOURCE);
        var broken = new TensorPayload("float32", Arrays.asList(1L, null), null, null);
        assertThatThrownBy(() -> fresh.encode(broken)).isInstanceOf(IllegalArgumentException.class);

        assertThat(fresh.encode(SOURCE)).isEqualTo(alone);
    }

    @Test
    void encode_recordsOfManySizes_areReadAgain() throws Exception {
        for (int size : new int[] {0, 5_000_000, 1, 16_384, 100_000}) {
            var payload =
                    TensorPayload.newBuilder()
                            .setDtype("uint8")
                            .setShape(List.of((long) size))
                            .setData(ByteBuffer.wrap(new byte[size]))
                            .build();

            assertThat(framing.decode(framing.encode(payload), TensorPayload.class))
                    .isEqualTo(payload);
        }
    }

    @Test
    void encode_bytesOutsideTheHeap_areAsAvroWritesThem() throws Exception {
        for (int size : new int[] {0, 1, 511, 512, 513, 70_000}) {
            ByteBuffer memory = ByteBuffer.allocateDirect(size + 7);
            for (int i = 0; i < memory.capacity(); i++) {
                memory.put(i, (byte) (i * 31));
            }
            ByteBuffer part = memory.position(3).limit(size + 3);
            var payload = new TensorPayload("uint8", List.of((long) size), part, "after");

            byte[] bytes = framing.encode(payload);

            byte[] copy = new byte[size];
            memory.get(3, copy);
            var onHeap =
                    new TensorPayload(
                            "uint8", List.of((long) size), ByteBuffer.wrap(copy), "after");
            assertThat(bytes).isEqualTo(bytes(TensorPayload.getEncoder().encode(onHeap)));
            assertThat(part.position()).isEqualTo(3);
            memory.clear();
        }
    }

    @Test
    void decode_olderVersion_fillsInDefaults() throws Exception {
        Schema older =
                SchemaBuilder.record("TensorPayload")
                        .namespace("io.hookline.schema")
                        .fields()
                        .requiredString("dtype")
                        .requiredString("gone")
                        .endRecord();
        var record = new GenericData.Record(older);
        record.put("dtype", "float16");
        record.put("gone", "anything");
        var store = new PublishedSchemas(List.of(older, TensorPayload.getClassSchema()));
        var reader = new AvroFraming(new SingleObjectFraming(store));

        TensorPayload read = reader.decode(framed(record), TensorPayload.class);

        assertThat(read).isEqualTo(TensorPayload.newBuilder().setDtype("float16").build());
    }

    @Test
    void decode_json_saysWhatWasFoundAndExpected() {
        assertThatThrownBy(() -> framing.decode("{\"id\": 1}".getBytes(UTF_8), PromptEvent.class))
                .isInstanceOf(SchemaException.class)
                .hasMessage(
                        "not in Avro's single-object encoding: expected C3 01 and an 8-byte"
                                + " fingerprint, found 7B 22 69 64 22 3A 20 31 7D");
    }

    @Test
    void decode_nothing_saysSo() {
        assertThatThrownBy(() -> framing.decode(new byte[0], PromptEvent.class))
                .isInstanceOf(SchemaException.class)
                .hasMessageEndingWith("found nothing");
    }

    @Test
    void decode_unknownFingerprint_isShown() {
        byte[] bytes = framing.encode(SOURCE);
        Arrays.fill(bytes, 2, 10, (byte) 0xab);
        assertThatThrownBy(() -> framing.decode(bytes, SourceRecord.class))
                .isInstanceOf(SchemaException.class)
                .hasMessage("no published schema has the fingerprint abababababababab");
    }

    @Test
    void decode_otherRecord_namesBoth() {
        assertThatThrownBy(() -> framing.decode(framing.encode(SOURCE), PromptEvent.class))
                .isInstanceOf(SchemaException.class)
                .hasMessage(
                        "expected a record 'io.hookline.schema.PromptEvent', found"
                                + " 'io.hookline.schema.SourceRecord'");
    }

    @Test
    void decode_bytesAfterTheRecord_areCounted() {
        byte[] bytes = framing.encode(SOURCE);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 3);
        assertThatThrownBy(() -> framing.decode(longer, SourceRecord.class))
                .isInstanceOf(SchemaException.class)
                .hasMessageStartingWith("3 bytes follow");
    }

    @Test
    void decode_hugeLength_isRefusedBeforeItIsAllocated() {
        for (long length : new long[] {Integer.MAX_VALUE, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            byte[] bytes = withLong(SourceRecord.getClassSchema(), length);
            assertThatThrownBy(() -> framing.decode(bytes, SourceRecord.class))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("found " + length);
        }
    }

    @Test
    void decode_hugeElementCount_isRefusedBeforeItIsAllocated() {
        for (long count : new long[] {Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, 100}) {
            var bytes = new ByteArrayOutputStream();
            bytes.writeBytes(
                    new SingleObjectFraming(PublishedSchemas.all())
                            .header(TensorPayload.getClassSchema()));
            bytes.write(0); // dtype ""
            bytes.writeBytes(zigzag(count)); // elements of shape
            bytes.writeBytes(new byte[20]);
            assertThatThrownBy(() -> framing.decode(bytes.toByteArray(), TensorPayload.class))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("element count");
        }
    }

    @Test
    void decode_byteField_isAViewOfTheInput() throws Exception {
        var tensor =
                new TensorPayload("int8", List.of(3L), ByteBuffer.wrap(new byte[] {1, 2, 3}), null);
        byte[] bytes = framing.encode(tensor);
        ByteBuffer data = framing.decode(bytes, TensorPayload.class).getData();
        assertThat(data).isEqualTo(tensor.getData());
        bytes[bytes.length - 2]++;
        assertThat(data.get(2)).isEqualTo((byte) 4);
    }

    private byte[] framed(GenericRecord record) throws Exception {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(
                new SingleObjectFraming(PublishedSchemas.all()).header(record.getSchema()));
        var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
        return bytes.toByteArray();
    }

    private static byte[] withLong(Schema schema, long first) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new SingleObjectFraming(PublishedSchemas.all()).header(schema));
        bytes.writeBytes(zigzag(first));
        bytes.writeBytes(new byte[20]);
        return bytes.toByteArray();
    }

    private static byte[] zigzag(long value) {
        var bytes = new ByteArrayOutputStream();
        long left = (value << 1) ^ (value >> 63);
        while ((left & ~0x7fL) != 0) {
            bytes.write((int) ((left & 0x7f) | 0x80));
            left >>>= 7;
        }
        bytes.write((int) left);
        return bytes.toByteArray();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
