/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.EnvelopeTypeInfo;
import io.hookline.operator.HooklineOptions;
import io.hookline.operator.JobStart;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.EventFormat;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.SchemaException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/** The operator in a task of its own, driven by the test. */
public final class InvocationHarness extends AbstractStreamOperatorTestHarness<Envelope> {
    private static final long LOOK_AGAIN_NANOS = 100_000;

    /** How a job under test is set up. */
    record Job(ModelSource models, JobStart start, Map<String, String> options) {
        Job(ModelSource models, Map<String, String> options) {
            this(models, JobStart.empty(), options);
        }

        InvocationOperatorFactory factory() {
            Configuration configuration = Configuration.fromMap(options);
            if (!configuration.contains(HooklineOptions.MODEL_PATH)) {
                configuration.set(HooklineOptions.MODEL_PATH, "model");
            }
            return new InvocationOperatorFactory(configuration, models, start);
        }
    }

    /** Which of how many subtasks. */
    record Subtask(int index, int parallelism) {
        static final Subtask ONLY = new Subtask(0, 1);
    }

    static final int MAX_PARALLELISM = 4;

    InvocationHarness(Job job, Subtask subtask) throws Exception {
        this(
                job,
                new MockEnvironmentBuilder()
                        .setMaxParallelism(MAX_PARALLELISM)
                        .setParallelism(subtask.parallelism())
                        .setSubtaskIndex(subtask.index())
                        .build());
    }

    InvocationHarness(Job job, MockEnvironment environment) throws Exception {
        super(job.factory(), environment);
        config.setupNetworkInputs(SourceEventSerializer.INSTANCE, SourceEventSerializer.INSTANCE);
        config.serializeAllConfigs();
        setup(EnvelopeTypeInfo.INSTANCE.createSerializer(new SerializerConfigImpl()));
    }

    /** A harness that is open. */
    static InvocationHarness open(Job job) throws Exception {
        InvocationHarness harness = new InvocationHarness(job, Subtask.ONLY);
        harness.open();
        return harness;
    }

    static InvocationHarness restore(Job job, Subtask subtask, OperatorSubtaskState state)
            throws Exception {
        InvocationHarness harness = new InvocationHarness(job, subtask);
        harness.initializeState(state);
        harness.open();
        return harness;
    }

    /** Ends the task as a failure does: nothing is finished first. */
    @Override
    public void close() {
        try {
            operator.close();
            getEnvironment().close();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    @SuppressWarnings("unchecked")
    private TwoInputStreamOperator<SourceEvent, SourceEvent, Envelope> twoInput() {
        return (TwoInputStreamOperator<SourceEvent, SourceEvent, Envelope>) operator;
    }

    void event(SourceEvent event) throws Exception {
        event(new StreamRecord<>(event, event.timestamp()));
    }

    void event(StreamRecord<SourceEvent> record) throws Exception {
        twoInput().processElement1(record);
    }

    void control(SourceEvent event) throws Exception {
        twoInput().processElement2(new StreamRecord<>(event));
    }

    void watermark(long timestamp) throws Exception {
        twoInput().processWatermark1(new Watermark(timestamp));
    }

    TwoInputStreamOperator<SourceEvent, SourceEvent, Envelope> inputs() {
        return twoInput();
    }

    void endEvents() throws Exception {
        ((BoundedMultiInput) operator).endInput(1);
    }

    /**
     * Runs what is meant for the task's thread until that holds. It may come to hold on another
     * thread, which tells this one nothing.
     */
    void runUntil(BooleanSupplier condition) throws Exception {
        while (!condition.getAsBoolean()) {
            if (!runsOne()) {
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                requireUninterrupted();
            }
        }
    }

    private static void requireUninterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the time of the test is up");
        }
    }

    /** Events that have arrived and not left. */
    int bufferedElements() {
        return ((InvocationOperator) operator).bufferedElements();
    }

    /** Runs one thing that is meant for the task's thread. */
    void runOne() throws Exception {
        getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
    }

    /** Runs one thing that is meant for the task's thread if there is one; whether there was. */
    boolean runsOne() throws Exception {
        var mail = getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY);
        if (mail.isPresent()) {
            mail.get().run();
        }
        return mail.isPresent();
    }

    List<Envelope> envelopes(Class<? extends Destination> destination) {
        return extractOutputValues().stream()
                .filter(envelope -> destination.isInstance(envelope.destination()))
                .toList();
    }

    List<InvocationResult> results() {
        return decode(Destination.Results.class, InvocationResult.class);
    }

    List<DeadLetter> deadLetters() {
        return decode(Destination.DeadLetters.class, DeadLetter.class);
    }

    /** Events that have ended. */
    int ended() {
        return results().size() + deadLetters().size();
    }

    private <T extends SpecificRecord> List<T> decode(
            Class<? extends Destination> destination, Class<T> type) {
        List<T> records = new ArrayList<>();
        for (Envelope envelope : envelopes(destination)) {
            records.add(decode(envelope, type));
        }
        return records;
    }

    static <T extends SpecificRecord> T decode(Envelope envelope, Class<T> type) {
        try {
            return AvroFraming.singleObject().decode(envelope.value(), type);
        } catch (SchemaException broken) {
            throw new AssertionError(broken);
        }
    }

    /** An event with that prompt, at that offset and time. */
    static SourceEvent prompt(String prompt, long offset) {
        return json("{\"invocations\": [{\"prompt\": \"%s\"}]}".formatted(prompt), offset);
    }

    static SourceEvent json(String document, long offset) {
        return new SourceEvent(
                new SourcePosition("events", 0, offset),
                1_000 + offset,
                EventFormat.JSON,
                new byte[0],
                document.getBytes(StandardCharsets.UTF_8),
                List.of());
    }

    /** A control event at that offset. */
    static SourceEvent controlEvent(String document, long offset) {
        return new SourceEvent(
                new SourcePosition("control", 0, offset),
                1_000 + offset,
                EventFormat.JSON,
                new byte[0],
                document.getBytes(StandardCharsets.UTF_8),
                List.of());
    }

    /** A policy that fits events with that header. */
    static SourceEvent policy(String name, String vector, long offset) {
        return controlEvent(
                """
                {"put": "policy", "name": "%s", "match": {"headers": {"steer": "%s"}},
                 "body": {"interventions": [{"at": "model.layers.0.output", "op": "add",
                                             "vector": {"ref": "%s"}, "name": "push"}]}}"""
                        .formatted(name, name, vector),
                offset);
    }

    public static SourceEvent vector(String name, long offset) {
        return controlEvent(
                "{\"put\": \"vector\", \"name\": \"%s\", \"body\": [1, 2]}".formatted(name),
                offset);
    }
}
