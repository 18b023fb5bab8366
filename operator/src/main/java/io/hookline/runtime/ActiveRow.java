/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedEdit;
import io.hookline.plan.PlannedRow;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.Generation;
import io.hookline.program.LogitsRequest;
import io.hookline.program.TensorValue.Literal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** One invocation while it runs. Used by one thread. */
final class ActiveRow {
    private final PlannedTrace trace;
    private final int number;
    private final int index;
    private int[] generated = new int[16];
    private final List<float[]> logits = new ArrayList<>();
    private final List<Capture> captures = new ArrayList<>();
    private final List<Measurement> signals = new ArrayList<>();
    private final IdentityHashMap<PlannedEdit, Map<Integer, Literal>> returned =
            new IdentityHashMap<>();
    private Optional<TraceOutcome.Failed> failure = Optional.empty();
    private final NextTokens nextTokens;
    private final Optional<Sampler> sampler;
    private int count;
    private int step;
    private boolean stopped;
    private boolean ended;

    /**
     * @param number the trace's place in its batch, which tells equal traces apart
     * @param index which invocation of the trace it is
     */
    ActiveRow(PlannedTrace trace, int number, int index) {
        this.trace = trace;
        this.number = number;
        this.index = index;
        this.nextTokens = new NextTokens(trace.rows().get(index).tokenSignals());
        this.sampler = trace.program().generate().map(generation -> new Sampler(generation, index));
    }

    /** The trace it belongs to. */
    PlannedTrace trace() {
        return trace;
    }

    /** The trace's place in its batch. */
    int number() {
        return number;
    }

    /** Which invocation of the trace it is. */
    int index() {
        return index;
    }

    /** What it is to do. */
    PlannedRow planned() {
        return trace.rows().get(index);
    }

    /** Length of the prompt in tokens. */
    int promptLength() {
        return planned().tokens().length;
    }

    /** The step that it is in: how many it has behind it; once it has ended its last. */
    int step() {
        return step;
    }

    /** Tokens that it attends to in this step: its text so far. */
    int keys() {
        return promptLength() + step;
    }

    /** New token ids so far. */
    int[] generated() {
        return Arrays.copyOf(generated, count);
    }

    /** Whether it has come to its end. */
    boolean ended() {
        return ended;
    }

    /** Whether a stop ends it in that step, before there are logits. */
    boolean stopsIn(int step) {
        return planned().stop().filter(stop -> stop.step() == step).isPresent();
    }

    boolean generates() {
        return trace.program().generate().isPresent();
    }

    /** Whether logits are needed in that step, to choose a token or to be handed out. */
    boolean needsLogits(int step) {
        return !stopsIn(step)
                && (generates()
                        || trace.program().logits() != LogitsRequest.NONE
                        || nextTokens.wants(step));
    }

    boolean needsAllLogits(int step) {
        return !stopsIn(step) && trace.program().logits() == LogitsRequest.ALL;
    }

    /** Whether a step may follow that one. */
    boolean mayContinueAfter(int step) {
        return generates() && !stopsIn(step) && step + 1 < trace.program().steps();
    }

    /** Token at a position of prompt and generated text. */
    int token(int position) {
        int prompt = promptLength();
        return position < prompt ? planned().tokens()[position] : generated[position - prompt];
    }

    void add(Capture capture) {
        captures.add(capture);
    }

    void add(Measurement signal) {
        signals.add(signal);
    }

    /** Hands out a position's logits if the program wants logits at all. */
    void addLogits(float[] values) {
        if (trace.program().logits() != LogitsRequest.NONE) {
            logits.add(values);
        }
    }

    /** The logits of the next token, before it is chosen. */
    void next(float[] logits) {
        nextTokens.keep(step, logits);
    }

    /** What of them is compared with those of the same row without edits. */
    NextTokens nextTokens() {
        return nextTokens;
    }

    /** Measures how the next token differs from that of a row without edits, which has ended. */
    void compare(ActiveRow unedited) {
        signals.addAll(nextTokens.compared(this, unedited.nextTokens));
    }

    /** Ends this step with the token that follows from logits, and the row when it is the last. */
    void append(float[] logits, List<Integer> modelEos) {
        // What is given all the same counts as drawn: what comes after it is drawn as before.
        int chosen = sampler.orElseThrow().choose(logits);
        int token = given().orElse(chosen);
        add(token);
        Generation generation = trace.program().generate().orElseThrow();
        ended =
                step + 1 >= generation.maxNewTokens()
                        || generation.eosTokenIds().orElse(modelEos).contains(token);
        if (!ended) {
            step++;
        }
    }

    private void add(int token) {
        if (count == generated.length) {
            generated = Arrays.copyOf(generated, 2 * count);
        }
        generated[count++] = token;
    }

    /** What a function returned for an edit in a step before. */
    Optional<Literal> returned(PlannedEdit edit, int step) {
        return Optional.ofNullable(returned.getOrDefault(edit, Map.of()).get(step));
    }

    /** Keeps what a function returned for an edit in a step. */
    void remember(PlannedEdit edit, int step, Literal result) {
        returned.computeIfAbsent(edit, key -> new HashMap<>()).put(step, result);
    }

    /** Lets its trace fail; the first reason counts. */
    void fail(TraceOutcome.Failed reason) {
        failure = failure.or(() -> Optional.of(reason));
    }

    /** Why its trace has failed, if it has. */
    Optional<TraceOutcome.Failed> failure() {
        return failure;
    }

    private OptionalInt given() {
        if (trace.replay().isEmpty() || trace.replay().get(index).length <= step) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(trace.replay().get(index)[step]);
    }

    /** Hands over what it has recorded since it was last asked. */
    List<Capture> takeCaptures() {
        List<Capture> taken = List.copyOf(captures);
        captures.clear();
        return taken;
    }

    /** Ends a row that has nothing more to run. */
    void end(boolean byStop) {
        ended = true;
        stopped |= byStop;
    }

    RowOutcome outcome(Detokenizer detokenizer) {
        int[] tokens = generated();
        return new RowOutcome(
                planned().tokens(),
                tokens,
                tokens.length == 0 ? "" : detokenizer.decode(tokens),
                stopped,
                logits.toArray(float[][]::new),
                captures,
                signals);
    }
}
