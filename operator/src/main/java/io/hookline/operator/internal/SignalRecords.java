/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.model.HookPoint;
import io.hookline.plan.SignalRequest;
import io.hookline.program.About;
import io.hookline.program.Measure;
import io.hookline.runtime.Measurement;
import io.hookline.runtime.ModelInfo;
import io.hookline.schema.Signal;
import io.hookline.schema.codec.RecordId;
import java.time.Instant;
import java.util.Arrays;

/** Measurements as Avro records. */
final class SignalRecords {
    private final ModelInfo model;

    SignalRecords(ModelInfo model) {
        this.model = model;
    }

    Signal record(Ask ask, Measurement measured) {
        About about = ask.program().about();
        SignalRequest request = measured.signal().request();
        Signal.Builder record =
                Signal.newBuilder()
                        .setRecordId(id(ask, measured).hex())
                        .setEventId(ask.eventId())
                        .setSource(SourceRecords.of(ask.source().position()))
                        .setName(request.definition().name())
                        .setKind(request.definition().measure().kind())
                        .setValue(measured.value())
                        .setPolicyVersions(ask.versions().policies())
                        .setInterventionVersions(ask.versions().interventions())
                        .setVectorVersions(ask.versions().vectors())
                        .setModel(model.name())
                        .setModelDigest(model.digest())
                        .setEventTime(Instant.ofEpochMilli(ask.eventTime()));
        model.version().ifPresent(record::setModelVersion);
        about.tenant().ifPresent(record::setTenant);
        about.session().ifPresent(record::setSession);
        request.version().ifPresent(record::setDefinitionVersion);
        if (request.definition().measure() instanceof Measure.TopUnits) {
            record.setUnits(Arrays.stream(measured.units()).boxed().toList());
            record.setUnitValues(Arrays.stream(measured.unitValues()).boxed().toList());
        }
        place(record, measured);
        return record.build();
    }

    private static void place(Signal.Builder record, Measurement measured) {
        HookPoint point = measured.signal().site().point();
        record.setInvocation(measured.invocation())
                .setModulePath(point.module())
                .setIo(point.io().wireName())
                .setIndex(point.index())
                .setVisit(measured.signal().site().visit())
                .setStep(measured.place().step())
                .setStage(measured.signal().stage())
                .setFirstToken(measured.place().firstToken())
                .setLastToken(measured.place().lastToken());
    }

    /**
     * A probe may have the name of one of the job's own signals. Chunks of activations count from 0
     * up, positions of signals from -1 down.
     */
    private static RecordId id(Ask ask, Measurement measured) {
        SignalRequest request = measured.signal().request();
        HookPoint point = measured.signal().site().point();
        String name = request.definition().name();
        return new RecordId(
                ask.source().position(),
                measured.invocation(),
                request.version().isPresent() ? "probe/" + name : name,
                new RecordId.Visit(
                        point.module(),
                        point.io().wireName(),
                        point.index(),
                        measured.signal().site().visit(),
                        measured.place().step(),
                        measured.signal().stage()),
                -1 - measured.place().firstToken());
    }
}
