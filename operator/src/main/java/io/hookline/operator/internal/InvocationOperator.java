/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.InvocationSettings;
import io.hookline.operator.JobStart;
import io.hookline.operator.internal.ModelVersion.Arrival;
import io.hookline.operator.internal.budget.BudgetMetrics;
import io.hookline.operator.internal.budget.CaptureBudget;
import io.hookline.operator.internal.control.AskedSignals;
import io.hookline.operator.internal.control.InForce;
import io.hookline.operator.internal.control.SignalCheck;
import io.hookline.operator.internal.departure.TimeMark;
import io.hookline.operator.internal.device.DeviceLeases;
import io.hookline.operator.internal.device.GpuOffer;
import io.hookline.operator.internal.device.SlotDevices;
import io.hookline.program.ControlKind;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.runtime.ModelRuntime;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.codec.AvroFraming;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.function.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/**
 * Runs events on a model: input 1 are events, input 2 control events, broadcast. What Flink wants,
 * and nothing else; {@link InvocationPipeline} is what happens.
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before all else.
final class InvocationOperator extends AbstractStreamOperator<Envelope>
        implements TwoInputStreamOperator<SourceEvent, SourceEvent, Envelope>, BoundedMultiInput {
    /** How long the end of a task waits for a batch that runs. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int EVENTS = 1;

    private final transient MailboxExecutor mailbox;
    private final transient InvocationSettings settings;
    private final transient ModelSource models;
    private final transient JobStart start;
    private final transient AvroFraming framing;
    private transient InFlightState inFlight;
    private transient ControlState controls;
    private transient OutcomeWriter writer;
    private transient InvocationPipeline pipeline;
    private transient InferenceMetrics inference;
    private transient Outlets outlets;
    private transient JobModels jobModels;
    private transient boolean fresh;
    private transient @Nullable ModelOpener opener;
    private transient @Nullable Workers workers;

    InvocationOperator(
            StreamOperatorParameters<Envelope> parameters,
            InvocationSettings settings,
            ModelSource models,
            JobStart start) {
        super(parameters);
        this.mailbox = parameters.getMailboxExecutor();
        this.settings = settings;
        this.models = models;
        this.start = start;
        this.framing = start.framing().open();
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        fresh = !context.isRestored();
    }

    @Override
    public void open() throws Exception {
        super.open();
        inference = new InferenceMetrics(getMetricGroup());
        opener =
                new ModelOpener(
                        settings,
                        new OpenModel.Sources(
                                models,
                                new SlotDevices(DeviceLeases.SHARED, gpus()),
                                settings.device()),
                        info -> new OutcomeWriter(info, form()));
        ServedModel own = opener.open(ModelRequest.own(settings));
        EventReader reader =
                new EventReader(framing, own.info().name(), new AskedSignals(settings.signals()));
        writer = own.writer();
        SignalCheck check = new SignalCheck(() -> jobModels.runtimes());
        controls = new ControlState(getOperatorStateBackend(), reader, check);
        inFlight = new InFlightState(getOperatorStateBackend());
        workers = new Workers(getOperatorName(), limits().workers(), mailbox);
        outlets = new Outlets(start.destinations().open(), workers::mail);
        jobModels = models(own, workers, opener);
        check.check(settings.signals());
        InterventionFunctions functions =
                InterventionFunctions.find(getUserCodeClassloader(), settings.functions());
        pipeline =
                pipeline(
                        new ModelEngine(
                                jobModels,
                                functions,
                                reader,
                                new ModelEngine.Leaving(writer, budget())),
                        workers);
        start(reader);
    }

    private OutcomeWriter.Form form() {
        return new OutcomeWriter.Form(
                framing,
                limits().maxRecordBytes(),
                new Redactor(settings.redaction()),
                inference::encoded);
    }

    private InvocationSettings.Limits limits() {
        return settings.limits();
    }

    private JobModels models(ServedModel own, Workers background, ModelOpener open) {
        ModelMetrics metrics = new ModelMetrics(getMetricGroup());
        ModelChanges changes =
                new ModelChanges(
                        controls, new ModelChanges.Outlet(this::say, writer, framing), metrics);
        JobModels created =
                new JobModels(settings, own, new OpeningBeside(open, background), changes);
        changes.announce(own);
        return created;
    }

    private CaptureBudget budget() {
        return new CaptureBudget(
                settings.budget(),
                getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
                framing,
                new BudgetMetrics(getMetricGroup()));
    }

    private InvocationPipeline pipeline(Engine engine, Workers background) {
        InvocationPipeline created =
                new InvocationPipeline(settings, new Task(), background, engine, inference);
        inference.watch(created);
        return created;
    }

    /** Begins with what the state holds, or without state with what the job was started with. */
    private void start(EventReader reader) throws Exception {
        for (InForce version : controls.models()) {
            restore(version);
        }
        if (fresh) {
            for (SourceEvent event : start.control()) {
                control(event, Arrival.AT_START);
            }
        }
        InFlightState.Snapshot before = inFlight.read();
        RestoredControls used = new RestoredControls(before.controls(), reader);
        for (InFlightElement element : before.events()) {
            pipeline.add(element, used.of(element.controls()));
        }
    }

    private void restore(InForce version) throws Exception {
        try {
            jobModels.apply(version, Arrival.RESTORED);
        } catch (ProgramException refused) {
            LOG.warn("{} is not in force any more: {}", version.ref(), refused.getMessage());
        }
    }

    private GpuOffer gpus() {
        return GpuOffer.of(
                getContainingTask().getEnvironment().getTaskManagerInfo().getConfiguration(),
                getRuntimeContext().getExternalResourceInfos(GpuOffer.RESOURCE));
    }

    /** What all subtasks find out alike, one of them says. */
    private void say(Envelope envelope) {
        if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
            emit(envelope, OptionalLong.empty());
        }
    }

    @Override
    public void processElement1(StreamRecord<SourceEvent> record) throws Exception {
        pipeline.add(
                new InFlightElement(
                        record.getValue(),
                        record.hasTimestamp()
                                ? OptionalLong.of(record.getTimestamp())
                                : OptionalLong.empty(),
                        List.of(),
                        Progress.NONE),
                controls.inForce());
    }

    @Override
    public void processElement2(StreamRecord<SourceEvent> record) throws Exception {
        control(record.getValue(), Arrival.LIVE);
    }

    private void control(SourceEvent event, Arrival arrival) throws Exception {
        try {
            InForce control = controls.apply(event);
            for (ModelRuntime model : jobModels.runtimes()) {
                outlets.prepareFor(control.entry(), new PolicyModules(model.info().tree()));
            }
            if (control.entry().kind() == ControlKind.MODEL) {
                jobModels.apply(control, arrival);
                if (!JobModels.isAtOnce(control)) {
                    controls.keep(control);
                }
            }
            inference.controlled(event.position().offset());
        } catch (ProgramException refused) {
            inference.refused(refused.problems().get(0).code());
            writer.deadLetter(event, Optional.empty(), refused.problems(), 0)
                    .envelopes()
                    .forEach(this::say);
        }
    }

    @Override
    public void processWatermark1(Watermark watermark) throws Exception {
        jobModels.passed(Instant.ofEpochMilli(watermark.getTimestamp()));
        pipeline.add(TimeMark.watermark(watermark.getTimestamp()));
    }

    /** Control events have no part in event time. */
    @Override
    public void processWatermark2(Watermark watermark) {}

    /** Whether this is idle is said by the events alone. */
    @Override
    protected void processWatermarkStatus(WatermarkStatus status, int index) {
        if (index == EVENTS - 1) {
            pipeline.add(TimeMark.status(status.isIdle()));
        }
    }

    @Override
    public void endInput(int inputId) throws Exception {
        if (inputId == EVENTS) {
            pipeline.drain();
        }
    }

    @Override
    public void finish() throws Exception {
        pipeline.drain();
        super.finish();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        inFlight.write(pipeline.snapshot());
    }

    @Override
    public void close() throws Exception {
        Workers ending = workers;
        ModelOpener used = opener;
        workers = null;
        opener = null;
        if (ending != null && used != null) {
            ending.close(PATIENCE, () -> release(used));
        } else if (used != null) {
            end(used::close);
        }
        super.close();
    }

    /**
     * What the model made goes before the model. What goes wrong is told and not thrown: while a
     * task fails, that would end the TaskManager with every job on it.
     */
    private void release(ModelOpener used) {
        InvocationPipeline ended = pipeline;
        if (ended != null) {
            end(ended::close);
        }
        end(used::close);
    }

    private static void end(Runnable part) {
        try {
            part.run();
        } catch (RuntimeException failed) {
            LOG.error("a part of the task did not end in order", failed);
        }
    }

    /** Events that have arrived and not left. */
    int bufferedElements() {
        return pipeline.bufferedElements();
    }

    private void emit(Envelope envelope, OptionalLong timestamp) {
        inference.wrote(envelope);
        StreamRecord<Envelope> record = new StreamRecord<>(envelope);
        timestamp.ifPresent(record::setTimestamp);
        output.collect(record);
    }

    /** The task's thread, clock and output. */
    private final class Task implements TaskThread {
        @Override
        public long now() {
            return processingTimeService.getCurrentProcessingTime();
        }

        /** A callback that throws fails the task; a timer is never canceled. */
        @Override
        @SuppressWarnings("FutureReturnValueIgnored")
        public void at(long time, ThrowingRunnable<Exception> then) {
            processingTimeService.registerTimer(time, reached -> then.run());
        }

        @Override
        public void execute(ThrowingRunnable<Exception> then) {
            mailbox.execute(then, "hookline");
        }

        @Override
        public void await() throws InterruptedException {
            mailbox.yield();
        }

        @Override
        public void prepare(
                Collection<Destination> destinations, Consumer<Optional<Problem>> then) {
            outlets.prepare(destinations, then);
        }

        @Override
        public void emit(Envelope envelope, OptionalLong timestamp) {
            InvocationOperator.this.emit(envelope, timestamp);
        }

        @Override
        public void emit(TimeMark mark) {
            if (mark.idle().isPresent() && !mark.idle().get()) {
                output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
            }
            mark.watermark().ifPresent(time -> output.emitWatermark(new Watermark(time)));
            if (mark.idle().orElse(false)) {
                output.emitWatermarkStatus(WatermarkStatus.IDLE);
            }
        }
    }
}
