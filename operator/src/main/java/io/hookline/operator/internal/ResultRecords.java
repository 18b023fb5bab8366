/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.HooklineOptions;
import io.hookline.program.About;
import io.hookline.program.Invocation;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.RowOutcome;
import io.hookline.schema.ElementType;
import io.hookline.schema.InvocationOutcome;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.TensorPayload;
import io.hookline.schema.codec.TensorCodec;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Results of events as Avro records. */
final class ResultRecords {
    private final ModelInfo model;
    private final int maxBytes;

    /**
     * @param maxBytes logits that take more are left out
     */
    ResultRecords(ModelInfo model, int maxBytes) {
        this.model = model;
        this.maxBytes = maxBytes;
    }

    /**
     * The result of an event that ran.
     *
     * @param counts its activation records by cache
     */
    InvocationResult result(Ask ask, List<RowOutcome> rows, Map<String, Long> counts) {
        About about = ask.program().about();
        long logits = logitsBytes(rows);
        boolean fits = logits <= maxBytes;
        InvocationResult.Builder result =
                InvocationResult.newBuilder()
                        .setEventId(ask.eventId())
                        .setSource(SourceRecords.of(ask.source().position()))
                        .setModel(model.name())
                        .setModelDigest(model.digest())
                        .setInvocations(invocations(ask.program().invocations(), rows, fits))
                        .setOmitted(fits ? List.of() : List.of(omitted(logits)))
                        .setRecordCounts(counts)
                        .setPolicyVersions(ask.versions().policies())
                        .setInterventionVersions(ask.versions().interventions())
                        .setVectorVersions(ask.versions().vectors())
                        .setEventTime(Instant.ofEpochMilli(ask.eventTime()))
                        .setHeaders(about.headers());
        model.version().ifPresent(result::setModelVersion);
        about.tenant().ifPresent(result::setTenant);
        about.session().ifPresent(result::setSession);
        return result.build();
    }

    private static List<InvocationOutcome> invocations(
            List<Invocation> invocations, List<RowOutcome> rows, boolean withLogits) {
        return IntStream.range(0, rows.size())
                .mapToObj(i -> invocation(invocations.get(i), rows.get(i), withLogits))
                .toList();
    }

    private static InvocationOutcome invocation(
            Invocation invocation, RowOutcome row, boolean withLogits) {
        InvocationOutcome.Builder outcome =
                InvocationOutcome.newBuilder()
                        .setTokens(Arrays.stream(row.tokens()).boxed().toList())
                        .setGenerated(Arrays.stream(row.generated()).boxed().toList())
                        .setText(row.text())
                        .setStopped(row.stopped());
        invocation.name().ifPresent(outcome::setName);
        if (withLogits && row.logits().length > 0) {
            outcome.setLogits(logits(row.logits()));
        }
        return outcome.build();
    }

    private static long logitsBytes(List<RowOutcome> rows) {
        return rows.stream()
                .flatMap(row -> Arrays.stream(row.logits()))
                .mapToLong(position -> (long) position.length * Float.BYTES)
                .sum();
    }

    private String omitted(long logits) {
        return "logits: %d bytes, %s is %d"
                .formatted(logits, HooklineOptions.RECORD_MAX_BYTES.key(), maxBytes);
    }

    private static TensorPayload logits(float[][] logits) {
        int width = logits[0].length;
        float[] values = new float[logits.length * width];
        for (int i = 0; i < logits.length; i++) {
            System.arraycopy(logits[i], 0, values, i * width, width);
        }
        return TensorCodec.payload(values, new int[] {logits.length, width}, ElementType.FLOAT32);
    }
}
