/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.program.Generation;
import io.hookline.runtime.Sampler;
import io.hookline.schema.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The rows of one run: the prompts of its invocations and the tokens that they generate. */
public final class Batcher {
    private final List<int[]> prompts;
    private final Optional<Generation> generation;
    private final List<Integer> eos;
    private final List<Sampler> samplers = new ArrayList<>();
    private final List<List<Integer>> generated = new ArrayList<>();
    private final boolean[] ended;

    Batcher(List<int[]> prompts, Optional<Generation> generation, List<Integer> modelEos) {
        this.prompts = prompts;
        this.generation = generation;
        this.eos = generation.flatMap(Generation::eosTokenIds).orElse(modelEos);
        this.ended = new boolean[prompts.size()];
        for (int row = 0; row < prompts.size(); row++) {
            generated.add(new ArrayList<>());
            if (generation.isPresent()) {
                samplers.add(new Sampler(generation.get(), row));
            }
        }
    }

    /** How many rows the batch has. */
    public int rows() {
        return prompts.size();
    }

    /** Token ids of a row's prompt. */
    public int[] prompt(int row) {
        return prompts.get(row).clone();
    }

    /** Tokens of each row's prompt. */
    public int[] promptLengths() {
        return prompts.stream().mapToInt(prompt -> prompt.length).toArray();
    }

    /** New token ids of a row so far. */
    public List<Integer> generated(int row) {
        return List.copyOf(generated.get(row));
    }

    int steps() {
        return generation.map(Generation::maxNewTokens).orElse(1);
    }

    boolean generates() {
        return generation.isPresent();
    }

    /** Whether every row has come to its end. */
    boolean isOver() {
        for (boolean each : ended) {
            if (!each) {
                return false;
            }
        }
        return true;
    }

    Pass pass(int step, boolean recomputes) {
        return new Pass(step, recomputes, promptLengths(), ended.clone());
    }

    /** A row that has ended goes on with its last token, which nobody sees. */
    int token(int row, int position) {
        int[] prompt = prompts.get(row);
        if (position < prompt.length) {
            return prompt[position];
        }
        List<Integer> own = generated.get(row);
        return own.get(Math.min(position - prompt.length, own.size() - 1));
    }

    void append(float[][] logits, Pass pass) {
        for (int row = 0; row < ended.length; row++) {
            if (!pass.ended()[row]) {
                int token = samplers.get(row).choose(logits[row]);
                generated.get(row).add(token);
                ended[row] = eos.contains(token) || generated.get(row).size() >= steps();
            }
        }
    }

    /** Takes the tokens that a row generated elsewhere. */
    void complete(int row, int[] tokens) {
        for (int token : tokens) {
            generated.get(row).add(token);
        }
        ended[row] = true;
    }

    /** Whether a row of the scope has a token for that place in the stream. */
    boolean isStreamed(Scope scope, int step) {
        for (int row = scope.first(); row < scope.first() + scope.count(); row++) {
            if (generated.get(row).size() >= step) {
                return true;
            }
        }
        return false;
    }

    /** Prompts at step 0, else the newest token of each row. */
    Tensor streamed(Scope scope, int step) {
        List<int[]> rows = new ArrayList<>();
        for (int row = scope.first(); row < scope.first() + scope.count(); row++) {
            List<Integer> own = generated.get(row);
            rows.add(
                    step == 0
                            ? prompts.get(row)
                            : own.size() < step ? new int[0] : new int[] {own.get(step - 1)});
        }
        return ids(rows);
    }

    /** Prompt and new tokens of each row; rows that are shorter end in zeros. */
    Tensor ids(Scope scope) {
        List<int[]> rows = new ArrayList<>();
        for (int row = scope.first(); row < scope.first() + scope.count(); row++) {
            int[] prompt = prompts.get(row);
            int[] all = Arrays.copyOf(prompt, prompt.length + generated.get(row).size());
            for (int i = prompt.length; i < all.length; i++) {
                all[i] = generated.get(row).get(i - prompt.length);
            }
            rows.add(all);
        }
        return ids(rows);
    }

    private static Tensor ids(List<int[]> rows) {
        int[] lengths = rows.stream().mapToInt(row -> row.length).toArray();
        int longest = Arrays.stream(lengths).max().orElse(0);
        float[] values = new float[rows.size() * longest];
        for (int row = 0; row < rows.size(); row++) {
            for (int i = 0; i < rows.get(row).length; i++) {
                values[row * longest + i] = rows.get(row)[i];
            }
        }
        return new Tensor(ElementType.INT64, new int[] {rows.size(), longest}, lengths, values);
    }

    @Override
    public String toString() {
        return "rows of %s tokens".formatted(Arrays.toString(promptLengths()));
    }
}
