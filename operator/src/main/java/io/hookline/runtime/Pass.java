/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedEdit;
import io.hookline.plan.StepSet;
import io.hookline.program.TokenSelector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One forward pass over a group of rows: which tokens go in, and where the positions of a step lie
 * in it. With a KV cache a pass holds the new positions alone; without one it recomputes the
 * sequence, and the positions of earlier steps are there, too.
 *
 * @param rows at least one
 * @param tokens length of the tokens axis, the longest row's
 * @param prefill length of the tokens axis of step 0
 */
record Pass(List<ActiveRow> rows, int step, boolean recomputes, int tokens, int prefill) {
    /** Positions of one step in this pass, in the order of the selector. */
    record Placed(int step, int[] positions) {}

    static Pass of(List<ActiveRow> rows, int step, boolean recomputes, int prefill) {
        int longest = rows.stream().mapToInt(ActiveRow::promptLength).max().orElseThrow();
        int tokens = recomputes ? longest + step : step == 0 ? longest : 1;
        return new Pass(rows, step, recomputes, tokens, step == 0 ? longest : prefill);
    }

    int batch() {
        return rows.size();
    }

    /** Tokens of a row that go into this pass, padding left out. */
    int length(int row) {
        int prompt = rows.get(row).promptLength();
        return recomputes ? prompt + step : step == 0 ? prompt : 1;
    }

    /** Position in the row's text of the first token that goes into this pass. */
    int start(int row) {
        return recomputes || step == 0 ? 0 : rows.get(row).promptLength() + step - 1;
    }

    /** Length of the keys axis of attention. */
    int keys() {
        return recomputes ? tokens : step == 0 ? tokens : prefill + step;
    }

    /** Where a row's own keys are: behind the prompt there may be a gap of padding. */
    int[] ownKeys(int row) {
        int prompt = rows.get(row).promptLength();
        int gap = recomputes || step == 0 ? 0 : prefill - prompt;
        int[] own = new int[prompt + step];
        for (int key = 0; key < own.length; key++) {
            own[key] = key < prompt ? key : key + gap;
        }
        return own;
    }

    /** Flat index of the position whose logits continue a row. */
    long lastIndex(int row) {
        return flat(row, length(row) - 1);
    }

    /** Flat index of a position of a row. */
    long flat(int row, int position) {
        return (long) row * tokens + position;
    }

    /** Where the positions selected in this step are. */
    int[] selected(int row, TokenSelector selector) {
        return placed(row, selector, step).positions();
    }

    /** Positions of this step in this pass, all of them. */
    int[] own(int row) {
        return selected(row, new TokenSelector.All());
    }

    /**
     * Where an edit acts in this pass: in this step, and again in earlier ones when recomputing.
     */
    List<Placed> placed(int row, PlannedEdit edit, TokenSelector selector) {
        List<Placed> placed = new ArrayList<>();
        StepSet steps = edit.steps();
        for (int at = recomputes ? 0 : step; at <= step; at++) {
            if (steps.contains(at)) {
                Placed found = placed(row, selector, at);
                if (found.positions().length > 0) {
                    placed.add(
                            new Placed(at, Arrays.stream(found.positions()).distinct().toArray()));
                }
            }
        }
        return placed;
    }

    private Placed placed(int row, TokenSelector selector, int at) {
        int prompt = rows.get(row).promptLength();
        int length = at == 0 ? prompt : 1;
        int offset = recomputes && at > 0 ? prompt + at - 1 : 0;
        return new Placed(
                at,
                Arrays.stream(selector.positions(at, length))
                        .map(position -> position + offset)
                        .toArray());
    }
}
