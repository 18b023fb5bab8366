/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.runtime.Capture;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.SourcePosition;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.RecordId;
import io.hookline.schema.codec.TensorCodec;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Encodes captures as the records that would go to Kafka, and drops them. */
final class ActivationBytes {
    private static final SourcePosition POSITION = new SourcePosition("prompts", 0, 0);

    private final ModelInfo model;
    private final AvroFraming framing = AvroFraming.singleObject();

    ActivationBytes(ModelInfo model) {
        this.model = model;
    }

    /** How many bytes the records of all traces have. */
    long of(List<TraceOutcome.Completed> traces) {
        long bytes = 0;
        for (TraceOutcome.Completed trace : traces) {
            for (RowOutcome row : trace.rows()) {
                for (Capture capture : row.captures()) {
                    bytes += framing.encode(record(capture)).length;
                }
            }
        }
        return bytes;
    }

    private ActivationRecord record(Capture capture) {
        int[] tokens = capture.tokens();
        return ActivationRecord.newBuilder()
                .setRecordId(id(capture).hex())
                .setEventId("event")
                .setSource(
                        new SourceRecord(POSITION.topic(), POSITION.partition(), POSITION.offset()))
                .setPolicyVersions(Map.of())
                .setInterventionVersions(Map.of())
                .setVectorVersions(Map.of())
                .setModel(model.name())
                .setModelDigest(model.digest())
                .setEventTime(Instant.EPOCH)
                .setInvocation(capture.invocation())
                .setCache(capture.cache())
                .setModulePath(capture.point().module())
                .setIo(capture.point().io().wireName())
                .setIndex(capture.point().index())
                .setVisit(capture.visit())
                .setStep(capture.step())
                .setStage(capture.stage())
                .setReduction(capture.reduction())
                .setFirstToken(tokens.length == 0 ? 0 : tokens[0])
                .setLastToken(tokens.length == 0 ? -1 : tokens[tokens.length - 1])
                .setTensor(TensorCodec.payload(capture.data(), capture.shape(), capture.dtype()))
                .build();
    }

    private static RecordId id(Capture capture) {
        return new RecordId(
                POSITION,
                capture.invocation(),
                capture.cache(),
                new RecordId.Visit(
                        capture.point().module(),
                        capture.point().io().wireName(),
                        capture.point().index(),
                        capture.visit(),
                        capture.step(),
                        capture.stage()),
                0);
    }
}
