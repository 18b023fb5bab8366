/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.operator.internal.BatchRunner.Attempted;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.About;
import io.hookline.program.LogitsRequest;
import io.hookline.program.Program;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BatchRunnerTest {
    private static final TraceOutcome DONE = new TraceOutcome.Completed(List.of());

    /** Every run that was tried, as the ids of its traces. */
    private final List<List<String>> runs = new ArrayList<>();

    @Test
    void run_nothingFails_runsOnce() {
        List<Attempted> outcomes = new BatchRunner(failingFor(Set.of()), 3).run(traces(4));
        assertThat(outcomes).hasSize(4).allMatch(new Attempted(DONE, 1)::equals);
        assertThat(runs).hasSize(1);
    }

    @Test
    void run_onePoisonTrace_isFoundByHalvingAndTriedAlone() {
        List<Attempted> outcomes = new BatchRunner(failingFor(Set.of("2")), 2).run(traces(4));
        assertThat(runs)
                .containsExactly(
                        List.of("0", "1", "2", "3"),
                        List.of("0", "1"),
                        List.of("2", "3"),
                        List.of("2"),
                        List.of("2"),
                        List.of("3"));
        assertThat(outcomes.get(2).outcome())
                .isEqualTo(
                        new TraceOutcome.Failed(
                                ErrorCode.INFERENCE_FAILED,
                                "inference failed in each of 2 attempts, last: poison"));
        assertThat(outcomes.stream().map(Attempted::attempts)).containsExactly(2, 2, 4, 3);
    }

    @Test
    void run_outOfMemoryAboveSize_succeedsInSmallerBatches() {
        BatchRunner.Engine small =
                batch -> {
                    runs.add(ids(batch));
                    if (batch.size() > 2) {
                        throw new RuntimeInferenceException("no room", new Exception(), true);
                    }
                    return batch.stream().map(trace -> DONE).toList();
                };
        assertThat(new BatchRunner(small, 1).run(traces(8)))
                .hasSize(8)
                .allMatch(new Attempted(DONE, 3)::equals);
    }

    @Test
    void run_outOfMemoryAlone_saysSo() {
        BatchRunner.Engine full =
                batch -> {
                    throw new RuntimeInferenceException("no room", new Exception(), true);
                };
        assertThat(new BatchRunner(full, 2).run(traces(1)).get(0).outcome())
                .isEqualTo(
                        new TraceOutcome.Failed(
                                ErrorCode.INFERENCE_FAILED,
                                "inference failed in each of 2 attempts, last: out of memory: no room"));
    }

    @Test
    void run_heapTooSmallForAllTogether_succeedsInSmallerBatches() {
        BatchRunner.Engine small =
                batch -> {
                    if (batch.size() > 1) {
                        throw new OutOfMemoryError("Java heap space");
                    }
                    return List.of(DONE);
                };
        assertThat(new BatchRunner(small, 1).run(traces(4)))
                .hasSize(4)
                .allMatch(new Attempted(DONE, 3)::equals);
    }

    @Test
    void run_unexpectedExceptionOfOneTrace_failsThatTraceOnly() {
        BatchRunner.Engine broken =
                batch -> {
                    if (ids(batch).contains("1")) {
                        throw new IllegalStateException("broken");
                    }
                    return batch.stream().map(trace -> DONE).toList();
                };
        List<Attempted> outcomes = new BatchRunner(broken, 1).run(traces(3));
        assertThat(outcomes.get(0).outcome()).isEqualTo(DONE);
        assertThat(outcomes.get(1).outcome()).isInstanceOf(TraceOutcome.Failed.class);
        assertThat(outcomes.get(2).outcome()).isEqualTo(DONE);
    }

    @Test
    void run_traceRecoversAtSecondTry_completes() {
        BatchRunner.Engine flaky =
                batch -> {
                    runs.add(ids(batch));
                    if (runs.size() == 1) {
                        throw new RuntimeInferenceException("once", new Exception(), false);
                    }
                    return batch.stream().map(trace -> DONE).toList();
                };
        assertThat(new BatchRunner(flaky, 2).run(traces(1)))
                .containsExactly(new Attempted(DONE, 2));
    }

    @Property(tries = 200)
    void run_anyPoisonTraces_failsExactlyThose(
            @ForAll @IntRange(min = 1, max = 40) int size,
            @ForAll @Size(max = 10) Set<@IntRange(min = 0, max = 39) Integer> poison) {
        Set<String> bad = poison.stream().map(String::valueOf).collect(Collectors.toSet());
        List<Attempted> outcomes = new BatchRunner(failingFor(bad), 1).run(traces(size));
        assertThat(IntStream.range(0, size).filter(i -> outcomes.get(i).outcome() != DONE).boxed())
                .containsExactlyInAnyOrderElementsOf(
                        poison.stream().filter(i -> i < size).toList());
    }

    private BatchRunner.Engine failingFor(Set<String> bad) {
        return batch -> {
            runs.add(ids(batch));
            if (ids(batch).stream().anyMatch(bad::contains)) {
                throw new RuntimeInferenceException("poison", new Exception(), false);
            }
            return batch.stream().map(trace -> DONE).toList();
        };
    }

    private static List<String> ids(List<PlannedTrace> batch) {
        return batch.stream().map(trace -> trace.program().about().id().orElseThrow()).toList();
    }

    private static List<PlannedTrace> traces(int count) {
        return IntStream.range(0, count).mapToObj(BatchRunnerTest::trace).toList();
    }

    private static PlannedTrace trace(int number) {
        About about =
                new About(
                        Optional.of(String.valueOf(number)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of());
        Program program =
                new Program(
                        about,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        LogitsRequest.NONE,
                        Optional.empty());
        return new PlannedTrace(program, List.of());
    }
}
