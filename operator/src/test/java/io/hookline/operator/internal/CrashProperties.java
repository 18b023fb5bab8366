/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.operator.Emission;
import io.hookline.operator.OutputOrder;
import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.operator.internal.InvocationHarness.Subtask;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.InvocationResult;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/**
 * A job that is killed at random moments and comes back with another parallelism from its last
 * checkpoint, while its source goes back as well. What left before a checkpoint is committed with
 * it, what left after the last one never is.
 */
class CrashProperties {
    record Step(Kind kind, int choice) {}

    enum Kind {
        EVENT,
        WORK,
        CHECKPOINT,
        CRASH
    }

    /** Those that take longest come first, so that short runs have them, too. */
    private static final List<String> PROMPTS =
            List.of(
                    "story9x3",
                    "fan300",
                    "a",
                    "story6x70",
                    "poison",
                    "story2x150",
                    "cc",
                    "fail",
                    "fan100",
                    "refuse",
                    "fan3");

    @Property(tries = 60, shrinking = ShrinkingMode.BOUNDED)
    void job_killedAtRandom_endsEveryEventExactlyOnce(
            @ForAll("steps") List<Step> steps, @ForAll OutputOrder order, @ForAll Emission emission)
            throws Exception {
        try (Run run = new Run(order, emission)) {
            for (Step step : steps) {
                run.step(step);
            }
            run.end();
            assertThat(run.committedEvents())
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.range(0, run.nextOffset).boxed().toList());
            assertThat(run.committedRecordIds())
                    .doesNotHaveDuplicates()
                    .hasSize(run.expectedRecords());
            run.assertThatStoriesAreTold();
        }
    }

    private static final class Run implements AutoCloseable {
        private final TestingModelRuntime model = new TestingModelRuntime();
        private final Job job;
        private final List<Envelope> committed = new ArrayList<>();
        private List<InvocationHarness> subtasks = new ArrayList<>();
        private List<Integer> emittedBefore = new ArrayList<>();
        private List<OperatorSubtaskState> checkpoint = List.of();
        private long nextOffset;
        private long checkpointedOffset;
        private long checkpoints;

        private Run(OutputOrder order, Emission emission) throws Exception {
            job =
                    new Job(
                            model.source(),
                            Map.of(
                                    "hookline.batch.max-size",
                                    "3",
                                    "hookline.capacity",
                                    "5",
                                    "hookline.output.order",
                                    order.toString(),
                                    "hookline.emit",
                                    emission.toString()));
            start(1);
        }

        void step(Step step) throws Exception {
            switch (step.kind()) {
                case EVENT -> event(step.choice());
                case WORK -> work(step.choice());
                case CHECKPOINT -> checkpoint();
                case CRASH -> crash(1 + step.choice() % 3);
            }
        }

        private void event(int choice) throws Exception {
            String prompt = prompt(nextOffset);
            subtasks.get(choice % subtasks.size())
                    .event(InvocationHarness.prompt(prompt, nextOffset));
            nextOffset++;
        }

        /** What a prompt says depends on its offset alone, so that a source can go back. */
        private static String prompt(long offset) {
            return PROMPTS.get((int) (offset % PROMPTS.size()));
        }

        /** Lets time pass, so that nothing waits for it any more, and runs what comes of it. */
        private void work(int choice) throws Exception {
            InvocationHarness subtask = subtasks.get(choice % subtasks.size());
            for (int i = 0; i <= choice && subtask.bufferedElements() > 0; i++) {
                subtask.setProcessingTime(subtask.getProcessingTime() + 20);
                subtask.runOne();
            }
        }

        private void checkpoint() throws Exception {
            checkpoints++;
            List<OperatorSubtaskState> states = new ArrayList<>();
            for (InvocationHarness subtask : subtasks) {
                states.add(subtask.snapshot(checkpoints, checkpoints));
            }
            checkpoint = states;
            checkpointedOffset = nextOffset;
            commit();
        }

        private void commit() {
            for (int i = 0; i < subtasks.size(); i++) {
                List<Envelope> all = subtasks.get(i).extractOutputValues();
                committed.addAll(all.subList(emittedBefore.get(i), all.size()));
                emittedBefore.set(i, all.size());
            }
        }

        private void crash(int parallelism) throws Exception {
            close();
            nextOffset = checkpointedOffset;
            start(parallelism);
        }

        private void start(int parallelism) throws Exception {
            int before = checkpoint.size();
            subtasks = new ArrayList<>();
            emittedBefore = new ArrayList<>();
            for (int i = 0; i < parallelism; i++) {
                Subtask subtask = new Subtask(i, parallelism);
                InvocationHarness harness = new InvocationHarness(job, subtask);
                if (before > 0) {
                    harness.initializeState(
                            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                    AbstractStreamOperatorTestHarness.repackageState(
                                            checkpoint.toArray(new OperatorSubtaskState[0])),
                                    InvocationHarness.MAX_PARALLELISM,
                                    before,
                                    parallelism,
                                    i));
                }
                harness.open();
                subtasks.add(harness);
                emittedBefore.add(0);
            }
        }

        void end() throws Exception {
            for (InvocationHarness subtask : subtasks) {
                subtask.endEvents();
            }
            commit();
        }

        List<Long> committedEvents() {
            List<Long> offsets = new ArrayList<>();
            for (Envelope envelope : committed) {
                if (envelope.destination() instanceof Destination.Results) {
                    offsets.add(
                            InvocationHarness.decode(envelope, InvocationResult.class)
                                    .getSource()
                                    .getOffset());
                } else if (envelope.destination() instanceof Destination.DeadLetters) {
                    offsets.add(
                            InvocationHarness.decode(envelope, DeadLetter.class)
                                    .getSource()
                                    .getOffset());
                }
            }
            return offsets;
        }

        List<String> committedRecordIds() {
            return committed.stream()
                    .filter(each -> each.destination() instanceof Destination.Activations)
                    .map(each -> InvocationHarness.decode(each, ActivationRecord.class))
                    .map(ActivationRecord::getRecordId)
                    .toList();
        }

        /** What left before a crash and what left after it tell one and the same story. */
        void assertThatStoriesAreTold() {
            Map<Long, List<Integer>> told = new HashMap<>();
            for (Envelope each : committed) {
                if (each.destination() instanceof Destination.Results) {
                    InvocationResult result =
                            InvocationHarness.decode(each, InvocationResult.class);
                    told.put(
                            result.getSource().getOffset(),
                            result.getInvocations().get(0).getGenerated());
                }
            }
            for (Envelope each : committed) {
                if (each.destination() instanceof Destination.Activations) {
                    ActivationRecord record =
                            InvocationHarness.decode(each, ActivationRecord.class);
                    if (record.getStep() > 0) {
                        assertThat(
                                        record.getTensor()
                                                .getData()
                                                .duplicate()
                                                .order(ByteOrder.LITTLE_ENDIAN)
                                                .getInt())
                                .isEqualTo(
                                        told.get(record.getSource().getOffset())
                                                .get(record.getStep() - 1));
                    }
                }
            }
        }

        int expectedRecords() {
            return IntStream.range(0, (int) nextOffset).map(i -> records(prompt(i))).sum();
        }

        private static int records(String prompt) {
            if (prompt.startsWith("fan")) {
                return Integer.parseInt(prompt.substring(3));
            }
            if (prompt.startsWith("story")) {
                String[] parts = prompt.substring(5).split("x", 2);
                return Integer.parseInt(parts[0]) * Integer.parseInt(parts[1]);
            }
            return prompt.length() <= 2 ? 1 : 0;
        }

        @Override
        public void close() {
            subtasks.forEach(InvocationHarness::close);
        }
    }

    /**
     * Several crashes one after the other, each soon after a checkpoint: what was restored has not
     * gone far when it is stored and restored again.
     */
    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<List<Step>> before = free().list().ofMaxSize(10);
        Arbitrary<List<Step>> after = free().list().ofMaxSize(2);
        Arbitrary<List<Step>> life =
                Combinators.combine(before, step(Kind.CHECKPOINT), after, step(Kind.CRASH))
                        .as(
                                (some, checkpoint, others, crash) -> {
                                    List<Step> steps = new ArrayList<>(some);
                                    steps.add(checkpoint);
                                    steps.addAll(others);
                                    steps.add(crash);
                                    return steps;
                                });
        return Combinators.combine(life.list().ofMinSize(1).ofMaxSize(6), before)
                .as(
                        (lives, end) -> {
                            List<Step> steps = new ArrayList<>();
                            lives.forEach(steps::addAll);
                            steps.addAll(end);
                            return steps;
                        });
    }

    private static Arbitrary<Step> free() {
        return Arbitraries.frequencyOf(
                Tuple.of(8, step(Kind.EVENT)),
                Tuple.of(10, step(Kind.WORK)),
                Tuple.of(2, step(Kind.CHECKPOINT)));
    }

    private static Arbitrary<Step> step(Kind kind) {
        return Arbitraries.integers().between(0, 5).map(choice -> new Step(kind, choice));
    }
}
