/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static java.util.Objects.requireNonNull;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.SourcePosition;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes());
            return HexFormat.of().formatHex(hash, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** All fields in order, texts behind their lengths: no two ids give the same bytes. */
    private byte[] bytes() {
        var bytes = new ByteArrayOutputStream(160);
        var out = new DataOutputStream(bytes);
        try {
            BinaryFields.writeText(source.topic(), out);
            out.writeInt(source.partition());
            out.writeLong(source.offset());
            out.writeInt(invocation);
            BinaryFields.writeText(cache, out);
            BinaryFields.writeText(visit.module(), out);
            BinaryFields.writeText(visit.io(), out);
            out.writeInt(visit.index());
            out.writeInt(visit.visit());
            out.writeInt(visit.step());
            BinaryFields.writeText(visit.stage(), out);
            out.writeInt(chunk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
