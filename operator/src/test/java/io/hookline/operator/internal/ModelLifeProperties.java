/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static io.hookline.operator.internal.InvocationHarness.controlEvent;
import static io.hookline.operator.internal.InvocationHarness.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.operator.internal.InvocationHarness.Subtask;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.SourceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
import org.jspecify.annotations.Nullable;

/** A job whose models come, go and fail at random moments, and which is killed in between. */
class ModelLifeProperties {
    record Step(Kind kind, int choice) {}

    enum Kind {
        EVENT,
        PUT,
        REMOVE,
        WORK,
        CHECKPOINT,
        CRASH
    }

    @Property(tries = 150, shrinking = ShrinkingMode.BOUNDED)
    void job_whoseModelsChangeAtRandom_endsEveryEventOnceAndEveryModel(
            @ForAll("steps") List<Step> steps) throws Exception {
        Run run = new Run();
        try {
            for (Step step : steps) {
                run.step(step);
            }
            run.end();
        } finally {
            run.close();
        }
        assertThat(run.ended)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, run.nextEvent).boxed().toList());
        assertThat(run.models.open()).isEmpty();
    }

    private static final class Run implements AutoCloseable {
        private final TestingModels models = new TestingModels();
        private final Job job =
                new Job(
                        models.source(),
                        Map.of("hookline.model.path", "root/own", "hookline.batch.max-size", "2"));
        private final List<SourceEvent> control = new ArrayList<>();
        private final List<Long> ended = new ArrayList<>();
        private InvocationHarness harness = InvocationHarness.open(job);
        private @Nullable OperatorSubtaskState checkpoint;
        private long nextEvent;
        private long eventsBefore;
        private int controlsBefore;
        private long checkpoints;

        private Run() throws Exception {
            models.breaks("bad", "bad");
        }

        void step(Step step) throws Exception {
            switch (step.kind()) {
                case EVENT -> event();
                case PUT -> control(put(step.choice()));
                case REMOVE ->
                        control(
                                "{\"remove\": \"model\", \"name\": \"%s\"}"
                                        .formatted(name(step.choice())));
                case WORK -> work(step.choice());
                case CHECKPOINT -> checkpoint();
                case CRASH -> crash();
            }
        }

        private static String name(int choice) {
            return choice % 2 == 0 ? "own" : "other";
        }

        private static String put(int choice) {
            String folder = choice % 5 == 4 ? "bad" : name(choice) + "-" + choice % 3;
            return "{\"put\": \"model\", \"name\": \"%s\", \"body\": {\"path\": \"%s\"}}"
                    .formatted(name(choice), folder);
        }

        /** What an event says depends on its offset alone, so that a source can go back. */
        private void event() throws Exception {
            harness.event(
                    json(
                            "{\"model\": \"%s\", \"invocations\": [{\"prompt\": \"a\"}]}"
                                    .formatted(name((int) (nextEvent * 7 % 4 / 2))),
                            nextEvent));
            nextEvent++;
        }

        private void control(String document) throws Exception {
            SourceEvent event = controlEvent(document, control.size());
            control.add(event);
            harness.control(event);
        }

        private void work(int choice) throws Exception {
            harness.setProcessingTime(harness.getProcessingTime() + 20);
            for (int i = 0; i < choice && harness.runsOne(); i++) {
                harness.setProcessingTime(harness.getProcessingTime() + 20);
            }
        }

        private void checkpoint() throws Exception {
            commit();
            checkpoint = harness.snapshot(checkpoints, checkpoints);
            checkpoints++;
            eventsBefore = nextEvent;
            controlsBefore = control.size();
        }

        /** What has left since the last checkpoint is committed with this one. */
        private void commit() {
            List<InvocationResult> results = harness.results();
            List<DeadLetter> letters =
                    harness.deadLetters().stream()
                            .filter(letter -> letter.getSource().getTopic().equals("events"))
                            .toList();
            assertThat(letters)
                    .allSatisfy(
                            letter -> {
                                assertThat(letter.getCode()).isEqualTo("UNKNOWN_MODEL");
                                assertThat(letter.getModel()).hasValue("other");
                            });
            List<Long> left = new ArrayList<>();
            results.forEach(result -> left.add(result.getSource().getOffset()));
            letters.forEach(letter -> left.add(letter.getSource().getOffset()));
            ended.addAll(left);
            harness.getOutput().clear();
        }

        private void crash() throws Exception {
            harness.close();
            assertThat(models.open()).isEmpty();
            OperatorSubtaskState state = checkpoint;
            harness =
                    state == null
                            ? InvocationHarness.open(job)
                            : InvocationHarness.restore(job, Subtask.ONLY, state);
            long again = nextEvent;
            nextEvent = eventsBefore;
            for (SourceEvent event : control.subList(controlsBefore, control.size())) {
                harness.control(event);
            }
            while (nextEvent < again) {
                event();
            }
        }

        void end() throws Exception {
            harness.endEvents();
            commit();
        }

        @Override
        public void close() {
            harness.close();
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds =
                Arbitraries.frequency(
                        Tuple.of(8, Kind.EVENT),
                        Tuple.of(4, Kind.PUT),
                        Tuple.of(1, Kind.REMOVE),
                        Tuple.of(6, Kind.WORK),
                        Tuple.of(2, Kind.CHECKPOINT),
                        Tuple.of(1, Kind.CRASH));
        return Combinators.combine(kinds, Arbitraries.integers().between(0, 29))
                .as(Step::new)
                .list()
                .ofMaxSize(50);
    }
}
