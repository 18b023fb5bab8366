/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.model.HookPoint;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.Io;
import io.hookline.runtime.Capture;
import io.hookline.runtime.Decoding;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Generation without a model: prompt {@code story4x2} takes 4 steps and records 2 values in each,
 * {@code tragedy4x2} fails after them. A step's values are the token of the step before, and no
 * token is ever generated twice: what is told again differs, but for what has to be the same.
 */
final class TestingDecoding implements Decoding {
    private static final AtomicInteger TOKENS = new AtomicInteger();

    private final Map<Long, Story> stories = new LinkedHashMap<>();
    private final Function<PlannedTrace, CompletableFuture<Void>> plans;

    /**
     * @param plans what traces wait for
     */
    TestingDecoding(Function<PlannedTrace, CompletableFuture<Void>> plans) {
        this.plans = plans;
    }

    private static final class Story {
        private final PlannedTrace trace;
        private final boolean fails;
        private final int steps;
        private final int records;
        private final List<Integer> generated = new ArrayList<>();

        Story(PlannedTrace trace) {
            String prompt = TestingModelRuntime.prompt(trace.program());
            String[] parts = prompt.replaceFirst("story|tragedy", "").split("x", 2);
            this.trace = trace;
            this.fails = prompt.startsWith("tragedy");
            this.steps = Integer.parseInt(parts[0]);
            this.records = Integer.parseInt(parts[1]);
        }

        Advance advance(long ticket) {
            List<Capture> captures = new ArrayList<>();
            for (int i = 0; i < records; i++) {
                captures.add(capture(i));
            }
            int step = generated.size();
            int[] replay = trace.replay().isEmpty() ? new int[0] : trace.replay().get(0);
            generated.add(step < replay.length ? replay[step] : TOKENS.incrementAndGet());
            Optional<End> end =
                    generated.size() < steps
                            ? Optional.empty()
                            : Optional.of(new End(outcome(), 1));
            return new Advance(ticket, captures, List.of(tokens()), end);
        }

        private int[] tokens() {
            return generated.stream().mapToInt(Integer::intValue).toArray();
        }

        private TraceOutcome outcome() {
            if (fails) {
                return new TraceOutcome.Failed(ErrorCode.INFERENCE_FAILED, "it ends badly");
            }
            int[] prompt = trace.rows().get(0).tokens();
            return new TraceOutcome.Completed(
                    List.of(
                            new RowOutcome(
                                    prompt, tokens(), "", false, new float[0][], List.of())));
        }

        private Capture capture(int index) {
            int before = generated.isEmpty() ? 0 : generated.get(generated.size() - 1);
            ByteBuffer data = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(before);
            return new Capture(
                    "0",
                    0,
                    HookPoint.of("model.layers." + index, Io.OUTPUT),
                    0,
                    generated.size(),
                    "post",
                    "none",
                    new int[] {0},
                    ElementType.INT32,
                    new int[] {1, 1},
                    data.array());
        }
    }

    @Override
    public void join(long ticket, PlannedTrace trace) {
        stories.put(ticket, new Story(trace));
    }

    @Override
    public void leave(long ticket) {
        stories.remove(ticket);
    }

    @Override
    public List<Advance> step() {
        return step(List.copyOf(stories.keySet()));
    }

    /** Prompts whose plan the test has not compiled wait. */
    @Override
    public Ready stepReady() {
        List<Long> ready =
                stories.keySet().stream().filter(ticket -> plan(ticket).isDone()).toList();
        return new Ready(
                step(ready),
                ready.isEmpty()
                        ? stories.keySet().stream().findFirst().map(this::plan)
                        : Optional.empty());
    }

    private CompletableFuture<Void> plan(long ticket) {
        return plans.apply(stories.get(ticket).trace);
    }

    private List<Advance> step(List<Long> tickets) {
        List<Advance> advances = new ArrayList<>();
        tickets.forEach(ticket -> advances.add(stories.get(ticket).advance(ticket)));
        advances.stream()
                .filter(advance -> advance.end().isPresent())
                .forEach(advance -> stories.remove(advance.ticket()));
        return advances;
    }

    @Override
    public int rows() {
        return stories.size();
    }

    @Override
    public void close() {
        stories.clear();
    }
}
