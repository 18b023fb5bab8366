/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.control;

import io.hookline.program.ControlEntry;
import io.hookline.schema.SourceEvent;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A control event that is in force: as it was read, and what it says. */
public record InForce(ControlRef ref, SourceEvent source, ControlEntry entry) {
    /** That control event, which says that. */
    public static InForce of(SourceEvent source, ControlEntry entry) {
        ControlRef ref =
                new ControlRef(entry.key(), source.position().offset(), digest(source.value()));
        return new InForce(ref, source, entry);
    }

    /** Its version, as outputs name it. */
    public long version() {
        return ref.version();
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }
}
