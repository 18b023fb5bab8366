/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.operator.Emission;
import io.hookline.operator.HooklineOptions;
import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.operator.internal.InvocationHarness.Subtask;
import io.hookline.runtime.ModelPool;
import io.hookline.runtime.ModelSpec;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.Signal;
import io.hookline.schema.SourceEvent;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A job on a real model that is killed in the middle of generations and of fan-outs and comes back
 * with 2 subtasks and then with 1: what left before the checkpoints and what leaves after the last
 * one are together what leaves undisturbed, record by record.
 */
@Timeout(180)
class GenerationRestoreTest {
    private static final Path MODEL = Path.of("src", "test", "resources", "models", "ticketlm");
    private static final int EVENTS = 5;

    private static ModelPool.Lease warm;

    /** Keeps the model loaded from one job to the next. */
    @BeforeAll
    static void open() throws Exception {
        warm = new SharedModels().acquire(ModelSpec.cpu(MODEL));
    }

    @AfterAll
    static void close() {
        warm.close();
    }

    /** One event draws its tokens, one has invocations of several lengths that are tied. */
    private static SourceEvent event(int number) {
        String second =
                number == 2
                        ? ", {\"prompt\": \"Ticket\", \"interventions\": [{\"at\": \"model.model.layers.2.output\", \"op\": \"patch\", \"steps\": \"all\", \"tokens\": \"last\", \"from\": {\"invocation\": 0, \"tokens\": \"last\"}}]}"
                        : "";
        return InvocationHarness.json(
                """
                {"invocations": [{"prompt": "Ticket from Anna: %s"}%s], "cache": [{}],
                 "interventions": [{"at": "model.model.layers.4.output", "op": "scale", "by": 1.5, "steps": "all"}],
                 "generate": {"max_new_tokens": %d, "eos_token_ids": [], "temperature": %s, "seed": 3}}"""
                        .formatted(
                                "my kettle ".repeat(1 + number),
                                second,
                                6 + 3 * number,
                                number == 1 ? "1.3" : "0"),
                number);
    }

    /** What a job has handed on for good. */
    private static final class Committed {
        private final Map<String, ActivationRecord> records = new HashMap<>();
        private final Map<Long, InvocationResult> results = new HashMap<>();
        private final Map<String, Signal> signals = new HashMap<>();

        void add(List<Envelope> envelopes) {
            for (Envelope envelope : envelopes) {
                if (envelope.destination() instanceof Destination.Activations) {
                    ActivationRecord record =
                            InvocationHarness.decode(envelope, ActivationRecord.class);
                    assertThat(records.put(record.getRecordId(), record)).isNull();
                } else if (envelope.destination() instanceof Destination.Results) {
                    InvocationResult result =
                            InvocationHarness.decode(envelope, InvocationResult.class);
                    assertThat(results.put(result.getSource().getOffset(), result)).isNull();
                } else if (envelope.destination() instanceof Destination.Signals) {
                    Signal signal = InvocationHarness.decode(envelope, Signal.class);
                    assertThat(signals.put(signal.getRecordId(), signal)).isNull();
                } else {
                    assertThat(envelope.destination()).isInstanceOf(Destination.Models.class);
                }
            }
        }

        /** Records of events that have not ended. */
        List<ActivationRecord> unfinished() {
            return records.values().stream()
                    .filter(record -> !results.containsKey(record.getSource().getOffset()))
                    .toList();
        }
    }

    /** Subtasks until they are killed. */
    private static final class Run implements AutoCloseable {
        private final List<InvocationHarness> subtasks = new ArrayList<>();
        private final Job job;

        Run(Emission emission, int parallelism, List<OperatorSubtaskState> before)
                throws Exception {
            job =
                    new Job(
                            new SharedModels(),
                            Map.of(
                                    HooklineOptions.MODEL_PATH.key(),
                                    MODEL.toString(),
                                    HooklineOptions.EMIT.key(),
                                    emission.toString()));
            for (int i = 0; i < parallelism; i++) {
                InvocationHarness harness = new InvocationHarness(job, new Subtask(i, parallelism));
                if (!before.isEmpty()) {
                    harness.initializeState(
                            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                    AbstractStreamOperatorTestHarness.repackageState(
                                            before.toArray(new OperatorSubtaskState[0])),
                                    InvocationHarness.MAX_PARALLELISM,
                                    before.size(),
                                    parallelism,
                                    i));
                }
                harness.open();
                subtasks.add(harness);
            }
        }

        void events() throws Exception {
            for (int number = 0; number < EVENTS; number++) {
                subtasks.get(0).event(event(number));
            }
        }

        /** A checkpoint, with which everything is committed that left before. */
        List<OperatorSubtaskState> checkpoint(Committed committed) throws Exception {
            List<OperatorSubtaskState> states = new ArrayList<>();
            for (InvocationHarness subtask : subtasks) {
                states.add(subtask.snapshot(1, 1));
                committed.add(subtask.extractOutputValues());
            }
            return states;
        }

        /** Goes on for some things that are meant for the tasks' threads, while there are any. */
        void goOn(int mails) throws Exception {
            for (InvocationHarness subtask : subtasks) {
                for (int i = 0; i < mails && subtask.bufferedElements() > 0; i++) {
                    subtask.setProcessingTime(subtask.getProcessingTime() + 20);
                    subtask.runOne();
                }
            }
        }

        void toEnd(Committed committed) throws Exception {
            for (InvocationHarness subtask : subtasks) {
                subtask.endEvents();
                committed.add(subtask.extractOutputValues());
            }
        }

        @Override
        public void close() {
            subtasks.forEach(InvocationHarness::close);
        }
    }

    private static Committed undisturbed(Emission emission) throws Exception {
        Committed committed = new Committed();
        try (Run run = new Run(emission, 1, List.of())) {
            run.events();
            run.toEnd(committed);
        }
        return committed;
    }

    /** Killed with that much done, then with as much done again by two subtasks, and once more. */
    private static Committed killed(Emission emission, int mails, List<Integer> unfinished)
            throws Exception {
        Committed committed = new Committed();
        List<OperatorSubtaskState> states = List.of();
        for (int parallelism : List.of(1, 2, 1)) {
            try (Run run = new Run(emission, parallelism, states)) {
                if (states.isEmpty()) {
                    run.events();
                }
                run.goOn(mails);
                states = run.checkpoint(committed);
                unfinished.add(committed.unfinished().size());
                run.goOn(3);
            }
        }
        try (Run run = new Run(emission, 1, states)) {
            run.toEnd(committed);
        }
        return committed;
    }

    private static void assertEqual(Committed got, Committed want) {
        assertThat(got.records.keySet()).isEqualTo(want.records.keySet());
        want.records.forEach((id, record) -> assertClose(got.records.get(id), record));
        assertThat(got.results.keySet()).isEqualTo(want.results.keySet()).hasSize(EVENTS);
        assertThat(got.signals.keySet()).isEqualTo(want.signals.keySet()).isNotEmpty();
        want.results.forEach(
                (offset, result) -> {
                    InvocationResult other = got.results.get(offset);
                    assertThat(other.getRecordCounts()).isEqualTo(result.getRecordCounts());
                    assertThat(generated(other)).isEqualTo(generated(result));
                });
    }

    private static List<List<Integer>> generated(InvocationResult result) {
        return result.getInvocations().stream().map(each -> each.getGenerated()).toList();
    }

    private static void assertClose(ActivationRecord got, ActivationRecord want) {
        assertThat(got.getModulePath()).isEqualTo(want.getModulePath());
        assertThat(got.getStep()).isEqualTo(want.getStep());
        assertThat(got.getTensor().getShape()).isEqualTo(want.getTensor().getShape());
        FloatBuffer ours = floats(got);
        FloatBuffer theirs = floats(want);
        double scale = 1;
        double apart = 0;
        for (int i = 0; i < theirs.limit(); i++) {
            scale = Math.max(scale, Math.abs(theirs.get(i)));
            apart = Math.max(apart, Math.abs((double) ours.get(i) - theirs.get(i)));
        }
        assertThat(apart / scale).as(want.getModulePath()).isLessThan(1e-5);
    }

    private static FloatBuffer floats(ActivationRecord record) {
        return record.getTensor()
                .getData()
                .duplicate()
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .slice()
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
    }

    @Test
    void jobThatEmitsSteps_killedInTheMiddleOfGenerationsAndFanOuts_losesAndRepeatsNothing()
            throws Exception {
        Committed want = undisturbed(Emission.STEP);
        for (int mails : List.of(12, 25, 39)) {
            List<Integer> unfinished = new ArrayList<>();
            assertEqual(killed(Emission.STEP, mails, unfinished), want);
            assertThat(unfinished).anyMatch(records -> records > 0);
        }
    }

    @Test
    void jobThatEmitsEvents_killedInTheMiddleOfGenerationsAndFanOuts_losesAndRepeatsNothing()
            throws Exception {
        Committed want = undisturbed(Emission.EVENT);
        assertThat(want.records.keySet()).isEqualTo(undisturbed(Emission.STEP).records.keySet());
        for (int mails : List.of(7, 13, 22)) {
            assertEqual(killed(Emission.EVENT, mails, new ArrayList<>()), want);
        }
    }
}
