/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.plan.PlannedTrace;
import io.hookline.program.LogitsRequest;
import io.hookline.program.Program;
import io.hookline.program.ProgramException;
import io.hookline.program.Prompt;
import io.hookline.runtime.Decoding;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Events whose prompts and answers have many lengths, generated with so many at a time: once in
 * batches, which are of equal prompt length and end as a whole, once with each place taken again as
 * soon as it is free, whatever the lengths.
 */
final class MixedAnswers {
    private static final int EVENTS = 64;
    private static final int SHORTEST_PROMPT = 8;
    private static final int LONGEST_PROMPT = 39;
    private static final int SHORTEST = 2;
    private static final int LONGEST = 64;

    private final ModelRuntime runtime;
    private final int width;
    private final List<PlannedTrace> events = new ArrayList<>();

    /**
     * @param width events at a time
     */
    MixedAnswers(ModelRuntime runtime, int width) throws ProgramException {
        this.runtime = runtime;
        this.width = width;
        Prompts prompts = Prompts.of(runtime, new Prompts.Size(EVENTS, LONGEST));
        Random random = new Random(5);
        for (int event = 0; event < EVENTS; event++) {
            int length = between(random, SHORTEST_PROMPT, LONGEST_PROMPT);
            int answer = between(random, SHORTEST, LONGEST);
            int[] tokens = Arrays.copyOf(prompts.rows()[event], length);
            Prompt prompt = new Prompt.Tokens(Arrays.stream(tokens).boxed().toList());
            Program program = ProgramKit.plain(LogitsRequest.NONE).generating(answer).of(prompt);
            events.add(runtime.plan(program));
        }
    }

    private static int between(Random random, int low, int high) {
        return low + random.nextInt(high - low + 1);
    }

    /** In batches, as large as there are events of a length: all are known from the start. */
    void inBatches() throws RuntimeInferenceException {
        Map<Integer, List<PlannedTrace>> byLength = new TreeMap<>();
        for (PlannedTrace event : events) {
            byLength.computeIfAbsent(event.lengthClass(), length -> new ArrayList<>()).add(event);
        }
        for (List<PlannedTrace> equal : byLength.values()) {
            for (int from = 0; from < equal.size(); from += width) {
                List<PlannedTrace> batch =
                        equal.subList(from, Math.min(equal.size(), from + width));
                runtime.run(batch).forEach(MixedAnswers::check);
            }
        }
    }

    /** In the order of arrival, each as soon as there is room. */
    void continuously() {
        Deque<PlannedTrace> waiting = new ArrayDeque<>(events);
        long tickets = 0;
        try (Decoding decoding = runtime.decoding(1)) {
            while (!waiting.isEmpty() || decoding.rows() > 0) {
                while (!waiting.isEmpty() && decoding.rows() < width) {
                    decoding.join(tickets++, waiting.remove());
                }
                decoding.step()
                        .forEach(advance -> advance.end().ifPresent(end -> check(end.outcome())));
            }
        }
    }

    private static void check(TraceOutcome outcome) {
        if (!(outcome instanceof TraceOutcome.Completed)) {
            throw new IllegalStateException("an event did not run: " + outcome);
        }
    }
}
