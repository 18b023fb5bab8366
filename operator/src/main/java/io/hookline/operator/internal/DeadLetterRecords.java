/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.program.About;
import io.hookline.program.Problem;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.ReportedProblem;
import io.hookline.schema.SourceEvent;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Dead letters as Avro records. */
final class DeadLetterRecords {
    private DeadLetterRecords() {}

    static DeadLetter record(
            SourceEvent event, Optional<Ask> ask, List<Problem> problems, int attempts) {
        Problem first = problems.get(0);
        DeadLetter.Builder letter =
                DeadLetter.newBuilder()
                        .setCode(first.code().name())
                        .setReason(first.message())
                        .setProblems(problems.stream().map(DeadLetterRecords::reported).toList())
                        .setOriginal(ByteBuffer.wrap(event.value()))
                        .setFormat(event.format().name())
                        .setSource(SourceRecords.of(event.position()))
                        .setEventTime(
                                Instant.ofEpochMilli(
                                        ask.map(Ask::eventTime).orElse(event.timestamp())))
                        .setAttempts(attempts);
        if (!first.pointer().isEmpty()) {
            letter.setPointer(first.pointer());
        }
        if (event.key().length > 0) {
            letter.setOriginalKey(ByteBuffer.wrap(event.key()));
        }
        ask.ifPresent(understood -> describe(letter, understood));
        return letter.build();
    }

    private static void describe(DeadLetter.Builder letter, Ask ask) {
        About about = ask.program().about();
        letter.setEventId(ask.eventId());
        letter.setHeaders(about.headers());
        about.model().ifPresent(letter::setModel);
        ask.model().flatMap(model -> model.info().version()).ifPresent(letter::setModelVersion);
        letter.setPolicyVersions(ask.versions().policies());
        letter.setInterventionVersions(ask.versions().interventions());
        letter.setVectorVersions(ask.versions().vectors());
        about.tenant().ifPresent(letter::setTenant);
        about.session().ifPresent(letter::setSession);
    }

    private static ReportedProblem reported(Problem problem) {
        return ReportedProblem.newBuilder()
                .setCode(problem.code().name())
                .setMessage(problem.message())
                .setPointer(problem.pointer())
                .build();
    }
}
