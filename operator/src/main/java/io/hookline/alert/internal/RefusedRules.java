/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert.internal;

import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.ReportedProblem;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.AvroFraming;
import java.nio.ByteBuffer;
import java.time.Instant;

/** Rules that were refused, as dead letters with everything that is wrong with them. */
final class RefusedRules {
    private RefusedRules() {}

    static Envelope deadLetter(SourceEvent event, ProgramException refused, AvroFraming framing) {
        String id =
                "%s-%d-%d"
                        .formatted(
                                event.position().topic(),
                                event.position().partition(),
                                event.position().offset());
        return new Envelope(
                new Destination.DeadLetters(),
                id,
                id,
                framing.encode(record(event, refused)),
                event.headers());
    }

    private static DeadLetter record(SourceEvent event, ProgramException refused) {
        Problem first = refused.problems().get(0);
        DeadLetter.Builder letter =
                DeadLetter.newBuilder()
                        .setCode(first.code().name())
                        .setReason(first.message())
                        .setProblems(
                                refused.problems().stream().map(RefusedRules::reported).toList())
                        .setOriginal(ByteBuffer.wrap(event.value()))
                        .setFormat(event.format().name())
                        .setSource(
                                new SourceRecord(
                                        event.position().topic(),
                                        event.position().partition(),
                                        event.position().offset()))
                        .setEventTime(Instant.ofEpochMilli(event.timestamp()));
        if (!first.pointer().isEmpty()) {
            letter.setPointer(first.pointer());
        }
        if (event.key().length > 0) {
            letter.setOriginalKey(ByteBuffer.wrap(event.key()));
        }
        return letter.build();
    }

    private static ReportedProblem reported(Problem problem) {
        return ReportedProblem.newBuilder()
                .setCode(problem.code().name())
                .setMessage(problem.message())
                .setPointer(problem.pointer())
                .build();
    }
}
