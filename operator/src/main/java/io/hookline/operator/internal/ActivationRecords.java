/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.program.About;
import io.hookline.program.CachePolicy;
import io.hookline.program.Program;
import io.hookline.program.UnitSelector;
import io.hookline.runtime.Capture;
import io.hookline.runtime.ModelInfo;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.codec.ActivationValues;
import io.hookline.schema.codec.RecordId;
import io.hookline.schema.codec.TensorCodec;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Captures as Avro records. */
final class ActivationRecords {
    private final ModelInfo model;

    ActivationRecords(ModelInfo model) {
        this.model = model;
    }

    ActivationRecord record(Ask ask, Capture capture) {
        About about = ask.program().about();
        ActivationRecord.Builder record =
                ActivationRecord.newBuilder()
                        .setRecordId(id(ask, capture).hex())
                        .setEventId(ask.eventId())
                        .setSource(SourceRecords.of(ask.source().position()))
                        .setPolicyVersions(ask.versions().policies())
                        .setInterventionVersions(ask.versions().interventions())
                        .setVectorVersions(ask.versions().vectors())
                        .setModel(model.name())
                        .setModelDigest(model.digest())
                        .setEventTime(Instant.ofEpochMilli(ask.eventTime()));
        model.version().ifPresent(record::setModelVersion);
        about.tenant().ifPresent(record::setTenant);
        about.session().ifPresent(record::setSession);
        place(record, capture);
        policy(ask.program(), capture)
                .ifPresent(
                        policy -> {
                            units(policy.selection().units()).ifPresent(record::setUnits);
                            errorBound(policy, capture).ifPresent(record::setErrorBound);
                        });
        return record.build();
    }

    private static void place(ActivationRecord.Builder record, Capture capture) {
        int[] tokens = capture.tokens();
        record.setInvocation(capture.invocation())
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
                .setTensor(TensorCodec.payload(capture.data(), capture.shape(), capture.dtype()));
        if (!consecutive(tokens)) {
            record.setTokens(Arrays.stream(tokens).boxed().toList());
        }
    }

    private static boolean consecutive(int[] tokens) {
        return IntStream.range(1, tokens.length).allMatch(i -> tokens[i] == tokens[i - 1] + 1);
    }

    private static RecordId id(Ask ask, Capture capture) {
        return new RecordId(
                ask.source().position(),
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

    /** What narrower elements than the model's may have cost. */
    private static Optional<Double> errorBound(CachePolicy policy, Capture capture) {
        if (policy.dtype().isEmpty()) {
            return Optional.empty();
        }
        double bound = ActivationValues.errorBound(capture.data(), capture.dtype());
        return bound > 0 ? Optional.of(bound) : Optional.empty();
    }

    /** The cache policy that asked for it. */
    private static Optional<CachePolicy> policy(Program program, Capture capture) {
        List<CachePolicy> policies =
                Stream.concat(
                                program.cache().stream(),
                                program.invocations().get(capture.invocation()).cache().stream())
                        .toList();
        return IntStream.range(0, policies.size())
                .filter(
                        i ->
                                policies.get(i)
                                        .name()
                                        .orElse(String.valueOf(i))
                                        .equals(capture.cache()))
                .mapToObj(policies::get)
                .findFirst();
    }

    /** The recorded units as the schema writes them: a list or a range, nothing for all. */
    private static Optional<Object> units(UnitSelector units) {
        if (units instanceof UnitSelector.Listed listed) {
            return Optional.of(listed.units());
        }
        if (units instanceof UnitSelector.Range range) {
            return Optional.of(bound(range.from()) + ":" + bound(range.to()));
        }
        return Optional.empty();
    }

    private static String bound(java.util.OptionalInt bound) {
        return bound.isPresent() ? String.valueOf(bound.getAsInt()) : "";
    }
}
