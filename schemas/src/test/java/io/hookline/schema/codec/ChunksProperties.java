/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.ElementType;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.TensorPayload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ChunksProperties {
    private static final long PLENTY = 1 << 20;

    @Property
    void split_chunks_areBoundedAlignedAndDistinct(
            @ForAll @IntRange(min = 1, max = 300) int elements,
            @ForAll ElementType type,
            @ForAll @IntRange(min = 8, max = 100) int maxBytes) {
        List<ActivationRecord> chunks = Chunks.split(record(elements, type, 0), maxBytes);
        assertThat(chunks)
                .allSatisfy(
                        chunk -> {
                            assertThat(chunk.getTensor().getData().remaining())
                                    .isBetween(1, maxBytes);
                            assertThat(chunk.getTensor().getData().remaining() % type.bytes())
                                    .isZero();
                            assertThat(chunk.getChunkCount()).isEqualTo(chunks.size());
                        });
        assertThat(chunks.stream().map(ActivationRecord::getRecordId).distinct())
                .hasSameSizeAs(chunks);
    }

    @Property
    void assemble_inAnyOrderWithDuplicates_givesTheRecords(
            @ForAll @IntRange(min = 1, max = 300) int elements,
            @ForAll ElementType type,
            @ForAll @IntRange(min = 8, max = 100) int maxBytes,
            @ForAll long seed)
            throws Exception {
        List<ActivationRecord> records =
                List.of(record(elements, type, 0), record(elements, type, 1));
        var chunks = new ArrayList<ActivationRecord>();
        records.forEach(record -> chunks.addAll(Chunks.split(record, maxBytes)));
        var random = new Random(seed);
        chunks.addAll(chunks.stream().filter(chunk -> random.nextInt(3) == 0).toList());
        Collections.shuffle(chunks, random);

        var assembler = new ChunkAssembler(PLENTY);
        var whole = new ArrayList<ActivationRecord>();
        for (ActivationRecord chunk : chunks) {
            assembler.add(throughTheWire(chunk)).ifPresent(whole::add);
        }

        assertThat(distinct(whole)).containsExactlyInAnyOrderElementsOf(records);
        assertThat(assembler.givenUp()).isZero();
    }

    @Example
    void add_oneChunkMissing_givesNothing() throws Exception {
        var assembler = new ChunkAssembler(PLENTY);
        List<ActivationRecord> chunks = Chunks.split(record(100, ElementType.FLOAT32, 0), 40);
        for (ActivationRecord chunk : chunks.subList(1, chunks.size())) {
            assertThat(assembler.add(chunk)).isEmpty();
        }
        assertThat(assembler.pendingRecords()).isEqualTo(1);
        assertThat(assembler.add(chunks.get(0))).contains(record(100, ElementType.FLOAT32, 0));
        assertThat(assembler.pendingRecords()).isZero();
    }

    @Example
    void add_tooManyIncomplete_givesTheOldestUp() throws Exception {
        var assembler = new ChunkAssembler(3000);
        for (int offset = 0; offset < 50; offset++) {
            assembler.add(Chunks.split(record(100, ElementType.FLOAT32, offset), 200).get(0));
        }
        assertThat(assembler.pendingRecords()).isBetween(1, 15);
        assertThat(assembler.givenUp()).isEqualTo(50 - assembler.pendingRecords());
    }

    @Example
    void add_indexBeyondCount_isRefused() {
        ActivationRecord chunk = record(4, ElementType.INT8, 0);
        chunk.put("chunkIndex", 3);
        chunk.put("chunkCount", 3);
        assertThatThrownBy(() -> new ChunkAssembler(PLENTY).add(chunk))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("chunk 3 of 3");
    }

    @Example
    void add_otherCount_isRefused() throws Exception {
        var assembler = new ChunkAssembler(PLENTY);
        ActivationRecord record = record(100, ElementType.INT8, 0);
        assembler.add(Chunks.split(record, 50).get(0));
        assertThatThrownBy(() -> assembler.add(Chunks.split(record, 25).get(1)))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("came in 2 chunks and in 4");
        assertThat(assembler.pendingRecords()).isZero();
    }

    @Example
    void add_bytesThatDoNotFillTheShape_areRefused() throws Exception {
        var assembler = new ChunkAssembler(PLENTY);
        List<ActivationRecord> chunks = Chunks.split(record(100, ElementType.INT8, 0), 50);
        ActivationRecord wrong = chunks.get(1);
        wrong.put("tensor", Chunks.withData(wrong.getTensor(), ByteBuffer.allocate(49)));
        assembler.add(chunks.get(0));
        assertThatThrownBy(() -> assembler.add(wrong))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("needs 100 bytes")
                .hasMessageContaining("have 99");
    }

    @Example
    void split_chunk_isRefused() {
        ActivationRecord chunk = Chunks.split(record(100, ElementType.INT8, 0), 50).get(1);
        assertThatThrownBy(() -> Chunks.split(chunk, 10))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<ActivationRecord> distinct(List<ActivationRecord> records) {
        return records.stream().distinct().toList();
    }

    private static ActivationRecord throughTheWire(ActivationRecord chunk) throws SchemaException {
        AvroFraming framing = AvroFraming.singleObject();
        return framing.decode(framing.encode(chunk), ActivationRecord.class);
    }

    private static ActivationRecord record(int elements, ElementType type, long offset) {
        byte[] data = new byte[elements * type.bytes()];
        new Random(offset).nextBytes(data);
        var record = (ActivationRecord) SampleRecords.of(ActivationRecord.getClassSchema(), 0);
        record.put("chunkIndex", 0);
        record.put("chunkCount", 1);
        record.put("source", new SourceRecord("events", 0, offset));
        record.put(
                "tensor",
                new TensorPayload(
                        type.wireName(),
                        List.of(1L, (long) elements),
                        ByteBuffer.wrap(data),
                        null));
        record.put("recordId", RecordId.of(record, 0).hex());
        return record;
    }
}
