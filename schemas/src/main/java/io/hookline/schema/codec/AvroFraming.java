/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * Records to framed bytes and back. Whatever the bytes are, reading them gives a record or a {@link
 * SchemaException}, and takes no more memory than their length justifies. Safe for use by several
 * threads.
 */
public final class AvroFraming {
    private static final AvroFraming SINGLE_OBJECT =
            new AvroFraming(new SingleObjectFraming(PublishedSchemas.all()));

    /** How many threads find memory that was used before. */
    private static final int SCRATCHES = 16;

    private record Resolution(Schema writer, Class<?> type) {}

    private final Framing framing;
    private final Queue<EncodingScratch> scratches = new ArrayBlockingQueue<>(SCRATCHES);
    private final Map<Schema, DatumWriter<SpecificRecord>> writers = new ConcurrentHashMap<>();
    private final Map<Resolution, DatumReader<?>> readers = new ConcurrentHashMap<>();

    /** Records behind headers of that framing. */
    public AvroFraming(Framing framing) {
        this.framing = requireNonNull(framing, "framing");
    }

    /** Avro's single-object encoding over all published schemas. */
    public static AvroFraming singleObject() {
        return SINGLE_OBJECT;
    }

    /**
     * The record behind its header.
     *
     * @throws IllegalArgumentException when a field that must be set is null
     * @throws UncheckedIOException when somebody has to be asked for the header and does not answer
     */
    public byte[] encode(SpecificRecord record) {
        byte[] header = framing.header(record.getSchema());
        EncodingScratch scratch = scratches.poll();
        if (scratch == null) {
            scratch = new EncodingScratch();
        }
        try {
            return scratch.encoded(header, writer(record.getSchema()), record);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "no valid '%s': %s".formatted(record.getSchema().getName(), e.getMessage()), e);
        } finally {
            if (scratch.isWorthKeeping()) {
                scratches.offer(scratch);
            }
        }
    }

    /**
     * Gets ready to write records of that schema.
     *
     * @throws UncheckedIOException when somebody has to be asked for the header and does not answer
     */
    public void prepare(Schema schema) {
        framing.header(schema);
    }

    /**
     * The record in these bytes, read into the type's own version of the schema. Byte fields are
     * views of the argument.
     *
     * @throws SchemaException when they are no framed record of that type, whole and nothing after
     */
    public <T extends SpecificRecord> T decode(byte[] bytes, Class<T> type) throws SchemaException {
        Framing.Body body = framing.open(bytes);
        Schema expected = schema(type);
        if (!body.writer().getFullName().equals(expected.getFullName())) {
            throw new SchemaException(
                    "expected a record '%s', found '%s'"
                            .formatted(expected.getFullName(), body.writer().getFullName()));
        }
        var decoder = new BoundedDecoder(bytes, body.start());
        T record = read(decoder, body.writer(), type);
        if (decoder.remaining() > 0) {
            throw new SchemaException(
                    "%d bytes follow the record '%s' of %d bytes"
                            .formatted(
                                    decoder.remaining(), expected.getName(), decoder.position()));
        }
        return record;
    }

    private <T extends SpecificRecord> T read(BoundedDecoder decoder, Schema writer, Class<T> type)
            throws SchemaException {
        try {
            return type.cast(reader(writer, type).read(null, decoder));
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw new SchemaException(
                    "no valid '%s' at byte %d: %s"
                            .formatted(type.getSimpleName(), decoder.position(), e.getMessage()),
                    e);
        }
    }

    private DatumWriter<SpecificRecord> writer(Schema schema) {
        DatumWriter<SpecificRecord> writer = writers.get(schema);
        return writer == null ? writers.computeIfAbsent(schema, RecordWriter::new) : writer;
    }

    @SuppressWarnings("unchecked")
    private <T extends SpecificRecord> DatumReader<Object> reader(Schema writer, Class<T> type) {
        return (DatumReader<Object>)
                readers.computeIfAbsent(
                        new Resolution(writer, type),
                        resolution ->
                                new SpecificDatumReader<Object>(
                                        writer, schema(type), RecordModel.INSTANCE));
    }

    private static Schema schema(Class<?> type) {
        return RecordModel.INSTANCE.getSchema(type);
    }
}
