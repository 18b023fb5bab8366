/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.program.About;
import io.hookline.program.Invocation;
import io.hookline.program.LogitsRequest;
import io.hookline.program.Program;
import io.hookline.program.ProgramWriter;
import io.hookline.program.Prompt;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A trace while it is written down: its invocations, in the order in which their blocks are served.
 * A captured tracer can be looked at, compiled and executed, step by step.
 */
public final class Tracer {
    private static final Program NOTHING =
            new Program(
                    About.nothing(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    LogitsRequest.LAST,
                    Optional.empty());

    private final LanguageModel model;
    private final TraceCall call;
    private final Map<String, Object> shared;
    private final boolean keepsAll;
    private final List<Invoke> invokes = new ArrayList<>();
    private Program base = NOTHING;
    private boolean captured;

    Tracer(LanguageModel model, TraceCall call, Map<String, Object> shared, boolean keepsAll) {
        this.model = model;
        this.call = call;
        this.shared = shared;
        this.keepsAll = keepsAll;
    }

    /** Writes down the invocations of a trace. */
    @FunctionalInterface
    public interface Definition {
        /** Calls {@link Tracer#invoke} for each invocation. */
        void define(Tracer tracer);
    }

    /** What is called of the model. */
    public TraceCall fn() {
        return call;
    }

    /** The model that is traced. */
    public LanguageModel model() {
        return model;
    }

    /** The invocations so far. */
    public List<Invoke> invokes() {
        return Collections.unmodifiableList(invokes);
    }

    /** A prompt with its code. */
    public void invoke(String prompt, Block block) {
        checkNotEmpty(prompt);
        invoke(List.of(new Prompt.Text(prompt)), block);
    }

    /** Several prompts, each a row, with their common code. */
    public void invoke(String[] prompts, Block block) {
        for (String prompt : prompts) {
            checkNotEmpty(prompt);
        }
        invoke(Arrays.stream(prompts).map(Prompt.Text::new).toList(), block);
    }

    private static void checkNotEmpty(String prompt) {
        if (prompt.isEmpty()) {
            throw new TraceException(ErrorCode.PROMPT_EMPTY, "the prompt is empty");
        }
    }

    /** A prompt as token ids with its code. */
    public void invoke(int[] tokens, Block block) {
        invoke(List.of(tokens(tokens)), block);
    }

    /** Prompts as token ids, each a row, with their common code. */
    public void invoke(int[][] tokens, Block block) {
        invoke(Arrays.stream(tokens).map(Tracer::tokens).toList(), block);
    }

    /** Prompts as padded token ids and a mask that is 1 where there is text. */
    public void invoke(int[][] tokens, int[][] mask, Block block) {
        List<Prompt> prompts = new ArrayList<>();
        for (int row = 0; row < tokens.length; row++) {
            List<Integer> own = new ArrayList<>();
            for (int i = 0; i < tokens[row].length; i++) {
                if (mask[row][i] == 1) {
                    own.add(tokens[row][i]);
                }
            }
            prompts.add(new Prompt.Tokens(own));
        }
        invoke(prompts, block);
    }

    /** Several prompts, each a row, with their common code. */
    public void invoke(List<? extends Prompt> prompts, Block block) {
        if (prompts.isEmpty()) {
            throw new TraceException(
                    ErrorCode.PROMPT_EMPTY, "an invocation with prompts needs at least one");
        }
        add(Invoke.of(prompts, block));
    }

    /** Code that brings no row and sees the whole batch. */
    public void invoke(Block block) {
        add(Invoke.of(List.of(), block));
    }

    /** A prompt with its edits and cache policies as data. */
    public void invoke(Invocation data) {
        add(Invoke.of(data));
    }

    private void add(Invoke invoke) {
        if (captured || Mediator.isInside()) {
            throw new TraceException(
                    ErrorCode.OUT_OF_ORDER, "can't invoke while the model is already running");
        }
        invokes.add(invoke);
    }

    static Prompt tokens(int[] tokens) {
        return new Prompt.Tokens(Arrays.stream(tokens).boxed().toList());
    }

    /**
     * A place where blocks wait for each other.
     *
     * @param count how many blocks it waits for
     */
    public Barrier barrier(int count) {
        return new Barrier(count);
    }

    /** Takes over everything that a program says. */
    void define(Program program) {
        base = program;
        program.invocations().forEach(this::invoke);
    }

    Tracer captured() {
        captured = true;
        return this;
    }

    /** Whether nothing in it is Java code, so that it can be written down and restored. */
    public boolean isData() {
        return model.firstEdit().isEmpty()
                && invokes.stream().allMatch(each -> each.data().isPresent());
    }

    /**
     * The trace as data.
     *
     * @throws TraceException with {@code UNSUPPORTED_PROGRAM} when it holds Java code, which is
     *     named, or the model has a stored edit
     */
    public Program program() {
        model.firstEdit()
                .ifPresent(
                        edit -> {
                            throw holdsCode("stored edit 0", edit);
                        });
        for (int i = 0; i < invokes.size(); i++) {
            if (invokes.get(i).data().isEmpty()) {
                throw holdsCode("invocation " + i, invokes.get(i).block().orElseThrow());
            }
        }
        return new Program(
                base.about(),
                base.policies(),
                invokes.stream().flatMap(each -> each.data().stream()).toList(),
                base.interventions(),
                base.cache(),
                call.generation(),
                base.logits(),
                base.stop());
    }

    private static TraceException holdsCode(String where, Block block) {
        return new TraceException(
                ErrorCode.UNSUPPORTED_PROGRAM,
                "%s holds Java code, '%s', which is no data: interventions and cache policies would be"
                        .formatted(where, block.getClass().getName()));
    }

    /**
     * The trace as a JSON document, which {@link LanguageModel#restore} reads.
     *
     * @throws TraceException as {@link #program}
     */
    public byte[] toJson() {
        return ProgramWriter.write(program());
    }

    /**
     * Checks and tokenises the prompts and lays out rows and blocks. Nothing runs yet.
     *
     * @throws TraceException when there is no prompt, or one that the model can't take
     */
    public CompiledTrace compile() {
        captured = true;
        if (invokes.stream().allMatch(Invoke::isWhole)) {
            throw new TraceException(
                    ErrorCode.PROMPT_EMPTY,
                    "%s needs a prompt, or at least one invocation that has one"
                            .formatted(call.name()));
        }
        return model.compile(this);
    }

    Map<String, Object> shared() {
        return shared;
    }

    boolean keepsAll() {
        return keepsAll;
    }

    @Override
    public String toString() {
        return "%s of %d invocations%s"
                .formatted(call.name(), invokes.size(), isData() ? ", data" : "");
    }
}
