/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.plan.PlannedTrace;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.NearestName;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.runtime.ModelRuntime;
import io.hookline.schema.ErrorCode;
import io.hookline.schema.SourceEvent;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Events on one model. */
final class ModelEngine implements Engine {
    private static final Logger LOG = LoggerFactory.getLogger(ModelEngine.class);

    private final ModelRuntime model;
    private final InterventionFunctions functions;
    private final BatchRunner runner;
    private final int maxAttempts;
    private final EventReader reader;
    private final OutcomeWriter writer;

    /**
     * A model, and what events may call on it. The functions are the job's own; the model, which
     * other jobs may share, never gets hold of them.
     */
    record Model(ModelRuntime runtime, InterventionFunctions functions) {}

    ModelEngine(Model model, int maxAttempts, EventReader reader, OutcomeWriter writer) {
        this.model = model.runtime();
        this.functions = model.functions();
        this.maxAttempts = maxAttempts;
        this.runner = new BatchRunner(this.model::run, maxAttempts);
        this.reader = reader;
        this.writer = writer;
    }

    @Override
    public Ask read(SourceEvent event, ControlSet controls) throws ProgramException {
        return reader.ask(event, controls);
    }

    @Override
    public Plan plan(Ask ask) {
        Optional<Problem> unknown = unknownModel(ask);
        if (unknown.isPresent()) {
            return refused(ask, ask.draft().with(List.of(unknown.get())).problems());
        }
        try {
            PlannedTrace trace = model.plan(ask.draft(), functions, ask.signals());
            Ready.Way way = model.decodes(trace) ? Ready.Way.STEPS : Ready.Way.BATCH;
            BatchKey key = new BatchKey(model.info().name(), trace.lengthClass());
            return new Ready(ask, trace, key, way, OutputSequence.BY_STEP);
        } catch (ProgramException refused) {
            return refused(ask, refused.problems());
        } catch (RuntimeException unexpected) {
            LOG.error("event {} can't be planned", ask.source().position(), unexpected);
            return refused(
                    ask,
                    List.of(
                            new Problem(
                                    ErrorCode.INFERENCE_FAILED,
                                    "",
                                    "the event can't be planned: " + unexpected)));
        }
    }

    private Optional<Problem> unknownModel(Ask ask) {
        String name = model.info().name();
        return ask.program()
                .about()
                .model()
                .filter(wanted -> !wanted.equals(name))
                .map(
                        wanted ->
                                new Problem(
                                        ErrorCode.UNKNOWN_MODEL,
                                        "/model",
                                        "no model '%s', this job runs '%s'%s"
                                                .formatted(
                                                        wanted,
                                                        name,
                                                        NearestName.hint(wanted, List.of(name)))));
    }

    private Refused refused(Ask ask, List<Problem> problems) {
        return new Refused(refuse(ask.source(), Optional.of(ask), problems));
    }

    @Override
    public List<Outputs> run(List<Ready> batch) {
        List<BatchRunner.Attempted> outcomes =
                runner.run(batch.stream().map(Ready::trace).toList());
        return IntStream.range(0, batch.size())
                .mapToObj(i -> write(batch.get(i), outcomes.get(i)))
                .toList();
    }

    private Outputs write(Ready event, BatchRunner.Attempted attempted) {
        return writer.write(event.ask(), attempted, event.sequence());
    }

    @Override
    public Stepping stepping(Ready first) {
        return new EventDecoding(model.decoding(maxAttempts), writer);
    }

    @Override
    public Outputs refuse(SourceEvent event, Optional<Ask> ask, List<Problem> problems) {
        return writer.deadLetter(event, ask, problems, 0);
    }
}
