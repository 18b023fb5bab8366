/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.SchemaStore;

/** Avro's single-object encoding: C3 01 and the writer's CRC-64-AVRO fingerprint, little-endian. */
final class SingleObjectFraming implements Framing {
    private static final short MARK = (short) 0x01C3;
    private static final int LENGTH = Short.BYTES + Long.BYTES;

    private final SchemaStore schemas;
    private final Map<Schema, byte[]> headers = new ConcurrentHashMap<>();

    SingleObjectFraming(SchemaStore schemas) {
        this.schemas = requireNonNull(schemas, "schemas");
    }

    @Override
    public byte[] header(Schema writer) {
        return headers.computeIfAbsent(writer, SingleObjectFraming::make).clone();
    }

    @Override
    public Body open(byte[] bytes) throws SchemaException {
        if (bytes.length < LENGTH || little(bytes).getShort(0) != MARK) {
            throw new SchemaException(
                    ("not in Avro's single-object encoding: expected C3 01 and an 8-byte"
                                    + " fingerprint, found %s")
                            .formatted(start(bytes)));
        }
        long fingerprint = little(bytes).getLong(Short.BYTES);
        Schema writer = schemas.findByFingerprint(fingerprint);
        if (writer == null) {
            throw new SchemaException(
                    "no published schema has the fingerprint %016x".formatted(fingerprint));
        }
        return new Body(writer, LENGTH);
    }

    private static byte[] make(Schema writer) {
        byte[] header = new byte[LENGTH];
        little(header).putShort(MARK).putLong(SchemaNormalization.parsingFingerprint64(writer));
        return header;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String start(byte[] bytes) {
        int shown = Math.min(bytes.length, LENGTH);
        String hex = HexFormat.ofDelimiter(" ").withUpperCase().formatHex(bytes, 0, shown);
        return shown == 0
                ? "nothing"
                : hex + (bytes.length > shown ? " ... (%d bytes)".formatted(bytes.length) : "");
    }
}
