/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.codec.Framing;
import io.hookline.schema.codec.SchemaException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * Confluent's framing: a zero and the schema's id in a registry, big-endian. Schemas stand under
 * the subject of their record's full name, since one record goes to many topics. Records in Avro's
 * single-object encoding are read, too. Safe for use by several threads.
 */
final class RegistryFraming implements Framing {
    private static final byte MARK = 0;
    private static final int LENGTH = 1 + Integer.BYTES;

    /** Ids that do not exist are remembered for a while: bad events must not become questions. */
    private static final int MOST_MISSING = 1_000;

    private static final long MISSING_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final RegistryClient registry;
    private final Framing singleObject = Framing.singleObject();
    private final Map<Schema, byte[]> headers = new ConcurrentHashMap<>();
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<Integer, Long> missing = new ConcurrentHashMap<>();

    RegistryFraming(RegistryClient registry) {
        this.registry = registry;
    }

    @Override
    public byte[] header(Schema writer) {
        return headers.computeIfAbsent(writer, this::ask).clone();
    }

    private byte[] ask(Schema writer) {
        int id = registry.id(writer.getFullName(), writer.toString());
        return ByteBuffer.allocate(LENGTH).put(MARK).putInt(id).array();
    }

    @Override
    public Body open(byte[] bytes) throws SchemaException {
        if (bytes.length > 0 && bytes[0] != MARK) {
            return singleObject.open(bytes);
        }
        if (bytes.length < LENGTH) {
            throw new SchemaException(
                    "not in Confluent's framing: expected 0 and a 4-byte id, found %d bytes"
                            .formatted(bytes.length));
        }
        return new Body(schema(ByteBuffer.wrap(bytes).getInt(1)), LENGTH);
    }

    private Schema schema(int id) throws SchemaException {
        Schema known = schemas.get(id);
        if (known != null) {
            return known;
        }
        Long since = missing.get(id);
        if (since != null && System.nanoTime() - since < MISSING_NANOS) {
            throw new SchemaException(
                    "the schema registry has no schema of id " + Integer.toUnsignedString(id));
        }
        try {
            Schema found = new Schema.Parser().parse(registry.schema(id));
            schemas.put(id, found);
            return found;
        } catch (SchemaParseException e) {
            remember(id);
            throw new SchemaException(
                    "schema %d of the registry is no Avro schema: %s".formatted(id, e.getMessage()),
                    e);
        } catch (SchemaException e) {
            remember(id);
            throw e;
        }
    }

    private void remember(int id) {
        if (missing.size() >= MOST_MISSING) {
            missing.clear();
        }
        missing.put(id, System.nanoTime());
    }
}
