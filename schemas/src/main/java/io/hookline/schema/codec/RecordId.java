/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.SourcePosition;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What makes one output record different from every other: the same event gives the same ids
 * however often it runs, so that readers can drop what they have seen.
 *
 * @param source where the event was read
 * @param invocation index of the invocation in the event
 * @param cache name of the cache policy, of a signal the signal's name
 * @param chunk index of the chunk, 0 for a whole record
 */
public record RecordId(
        SourcePosition source, int invocation, String cache, Visit visit, int chunk) {
    private static final int BYTES = 16;

    /** Never used itself, but copied: looking one up takes longer than hashing an id. */
    private static final MessageDigest SHA_256 = sha256();

    public RecordId {
        requireNonNull(source, "source");
        requireNonNull(cache, "cache");
        requireNonNull(visit, "visit");
    }

    /**
     * One passing of a hook point.
     *
     * @param module module path
     * @param io {@code input}, {@code output} or {@code attention}
     * @param index which of the module's inputs or outputs
     * @param visit which call of the module within the step
     * @param stage {@code pre} or {@code post}
     */
    public record Visit(String module, String io, int index, int visit, int step, String stage) {
        public Visit {
            requireNonNull(module, "module");
            requireNonNull(io, "io");
            requireNonNull(stage, "stage");
        }
    }

    /** The id that a chunk of this record has; chunk 0 is also the id of the whole. */
    public static RecordId of(ActivationRecord record, int chunk) {
        var source = record.getSource();
        return new RecordId(
                new SourcePosition(source.getTopic(), source.getPartition(), source.getOffset()),
                record.getInvocation(),
                record.getCache(),
                new Visit(
                        record.getModulePath(),
                        record.getIo(),
                        record.getIndex(),
                        record.getVisit(),
                        record.getStep(),
                        record.getStage()),
                chunk);
    }

    /** First 16 bytes of the SHA-256 over all fields, as 32 lower-case hex digits. */
    public String hex() {
        try {
            byte[] hash = ((MessageDigest) SHA_256.clone()).digest(bytes());
            return HexFormat.of().formatHex(hash, 0, BYTES);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JVM's SHA-256 can be copied", e);
        }
    }

    /** All fields in order, texts behind their lengths: no two ids give the same bytes. */
    private byte[] bytes() {
        byte[] topic = source.topic().getBytes(UTF_8);
        byte[] name = cache.getBytes(UTF_8);
        byte[] module = visit.module().getBytes(UTF_8);
        byte[] io = visit.io().getBytes(UTF_8);
        byte[] stage = visit.stage().getBytes(UTF_8);
        int texts = topic.length + name.length + module.length + io.length + stage.length;
        ByteBuffer bytes = ByteBuffer.allocate(texts + 11 * Integer.BYTES + Long.BYTES);
        put(topic, bytes);
        bytes.putInt(source.partition()).putLong(source.offset()).putInt(invocation);
        put(name, bytes);
        put(module, bytes);
        put(io, bytes);
        bytes.putInt(visit.index()).putInt(visit.visit()).putInt(visit.step());
        put(stage, bytes);
        return bytes.putInt(chunk).array();
    }

    private static void put(byte[] text, ByteBuffer bytes) {
        bytes.putInt(text.length).put(text);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
