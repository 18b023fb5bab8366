/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.internal.batch.BatchKey;
import io.hookline.operator.internal.budget.CaptureBudget;
import io.hookline.operator.internal.budget.Losses;
import io.hookline.operator.internal.control.ControlSet;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.runtime.CaptureMemory;
import io.hookline.schema.Envelope;
import io.hookline.schema.ErrorCode;
import io.hookline.schema.SourceEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Events on the models of a job. */
final class ModelEngine implements Engine {
    private static final Logger LOG = LoggerFactory.getLogger(ModelEngine.class);

    private final JobModels models;
    private final InterventionFunctions functions;
    private final EventReader reader;
    private final Leaving leaving;

    /**
     * What outputs go through.
     *
     * @param refusals writes what never gets to a model
     */
    record Leaving(OutcomeWriter refusals, CaptureBudget budget) {}

    /**
     * @param functions what events may call; they are the job's own, a model, which other jobs may
     *     share, never gets hold of them
     */
    ModelEngine(
            JobModels models,
            InterventionFunctions functions,
            EventReader reader,
            Leaving leaving) {
        this.models = models;
        this.functions = functions;
        this.reader = reader;
        this.leaving = leaving;
    }

    @Override
    public Ask read(SourceEvent event, ControlSet controls) throws ProgramException {
        return reader.ask(event, controls);
    }

    @Override
    public void serve(Ask ask, ControlSet controls, Consumer<Ask> meanwhile, Consumer<Ask> then) {
        models.serve(ask, controls, meanwhile, then);
    }

    @Override
    public void hold(Ask ask) {
        models.hold(ask);
    }

    @Override
    public void done(Ask ask) {
        models.done(ask);
    }

    @Override
    public Plan plan(Ask ask) {
        if (ask.model().isEmpty()) {
            return refused(ask, ask.draft().problems());
        }
        ServedModel model = ask.model().get();
        try {
            PlannedTrace trace = model.runtime().plan(ask.draft(), functions, ask.signals());
            Ready.Way way = model.runtime().decodes(trace) ? Ready.Way.STEPS : Ready.Way.BATCH;
            return new Ready(ask, trace, key(model, trace), way, OutputSequence.BY_STEP);
        } catch (ProgramException refused) {
            return refused(ask, refused.problems());
        } catch (RuntimeException unexpected) {
            Throwable told = model.writer().tellable(unexpected);
            LOG.error("event {} can't be planned", ask.source().position(), told);
            return refused(
                    ask,
                    List.of(
                            new Problem(
                                    ErrorCode.INFERENCE_FAILED,
                                    "",
                                    "the event can't be planned: " + told)));
        }
    }

    private static BatchKey key(ServedModel model, PlannedTrace trace) {
        return model.pads()
                ? BatchKey.anyLength(model.key())
                : new BatchKey(model.key(), trace.lengthClass());
    }

    private Refused refused(Ask ask, List<Problem> problems) {
        return new Refused(refuse(ask.source(), Optional.of(ask), problems));
    }

    @Override
    public Batch run(List<Ready> batch, boolean patient) {
        // What captures lie in is the model's again as soon as records are made of them.
        try (CaptureMemory memory = new CaptureMemory()) {
            return run(batch, model(batch.get(0)).runner(memory), patient);
        }
    }

    private static Batch run(List<Ready> batch, BatchRunner runner, boolean patient) {
        List<PlannedTrace> traces = batch.stream().map(Ready::trace).toList();
        BatchRunner.Ran ran =
                patient
                        ? new BatchRunner.Ran(List.copyOf(runner.run(traces)), 0, 0, 0)
                        : runner.attempt(traces);
        return new Batch(
                IntStream.range(0, batch.size())
                        .mapToObj(i -> turn(batch.get(i), ran.turns().get(i)))
                        .toList(),
                ran.positions(),
                ran.padding(),
                ran.structures());
    }

    private static Turn turn(Ready event, BatchRunner.Turn turn) {
        return turn instanceof BatchRunner.Waits waits
                ? new Waits(waits.plan())
                : new Ended(write(event, (BatchRunner.Attempted) turn));
    }

    private static ServedModel model(Ready event) {
        return event.ask().model().orElseThrow();
    }

    private static Outputs write(Ready event, BatchRunner.Attempted attempted) {
        return model(event).writer().write(event.ask(), attempted, event.sequence());
    }

    @Override
    public Stepping stepping(Ready first) {
        ServedModel model = model(first);
        return new EventDecoding(model.runtime().decoding(model.attempts()), model.writer());
    }

    @Override
    public Optional<Envelope> leaving(Envelope envelope, Ask ask, Losses losses, long now) {
        CaptureBudget.Payer payer =
                new CaptureBudget.Payer(ask.eventId(), ask.program().about().tenant().orElse(""));
        return leaving.budget().pass(envelope, payer, losses, now);
    }

    @Override
    public Outputs refuse(SourceEvent event, Optional<Ask> ask, List<Problem> problems) {
        return leaving.refusals().deadLetter(event, ask, problems, 0);
    }
}
