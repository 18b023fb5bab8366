/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.PlannedEdit;
import io.hookline.plan.StepSet;
import io.hookline.program.TokenSelector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One forward pass over a group of rows: which tokens go in, and where the positions of a step lie
 * in it. With a KV cache a pass holds the new positions alone; without one it recomputes the
 * sequence, and the positions of earlier steps are there, too.
 *
 * @param rows at least one; those that have ended run along for the sake of others, and nothing is
 *     taken from them
 * @param steps the step that each row is in
 * @param tokens length of the tokens axis, the longest row's
 * @param keys length of the keys axis of attention
 * @param gap where the keys of a shorter row are not its own
 */
record Pass(List<ActiveRow> rows, int[] steps, boolean recomputes, int tokens, int keys, Gap gap) {
    /** Where padding is among a row's keys. */
    enum Gap {
        /** Behind its text, as in a pass over whole texts. */
        END,
        /** In front of it, so that rows of any lengths end together. */
        FRONT
    }

    /** Positions of one step in this pass, in the order of the selector. */
    record Placed(int step, int[] positions) {}

    /**
     * A pass over whole texts.
     *
     * @param recomputes whether the rows may have made steps before
     */
    static Pass whole(List<ActiveRow> rows, boolean recomputes) {
        int longest = longest(rows);
        return new Pass(rows, steps(rows), recomputes, longest, longest, Gap.END);
    }

    /** A pass of one new position of each row, each in a step of its own but the first. */
    static Pass onward(List<ActiveRow> rows) {
        return new Pass(rows, steps(rows), false, 1, longest(rows), Gap.FRONT);
    }

    private static int[] steps(List<ActiveRow> rows) {
        return rows.stream().mapToInt(ActiveRow::step).toArray();
    }

    private static int longest(List<ActiveRow> rows) {
        return rows.stream().mapToInt(ActiveRow::keys).max().orElseThrow();
    }

    /** The step that a row is in. */
    int step(int row) {
        return steps[row];
    }

    /** Whether every position of the text goes in, not the new ones alone. */
    private boolean isWhole(int row) {
        return recomputes || steps[row] == 0;
    }

    /** Whether no row goes on after it. */
    boolean isLast() {
        return IntStream.range(0, batch())
                .filter(row -> !rows.get(row).ended())
                .noneMatch(row -> rows.get(row).mayContinueAfter(steps[row]));
    }

    int batch() {
        return rows.size();
    }

    /** Tokens of a row that go into this pass, padding left out. */
    int length(int row) {
        return isWhole(row) ? rows.get(row).promptLength() + steps[row] : 1;
    }

    /** Position in the row's text of the first token that goes into this pass. */
    int start(int row) {
        return isWhole(row) ? 0 : rows.get(row).promptLength() + steps[row] - 1;
    }

    /** Where a row's own keys are. */
    int[] ownKeys(int row) {
        int first = firstKey(row);
        return IntStream.range(first, first + keyCount(row)).toArray();
    }

    /** Where the first of a row's own keys is; the others follow. */
    int firstKey(int row) {
        return gap == Gap.FRONT ? keys - keyCount(row) : 0;
    }

    /** How many keys are a row's own. */
    int keyCount(int row) {
        return rows.get(row).promptLength() + steps[row];
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
        return placed(row, selector, steps[row]).positions();
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
        StepSet acting = edit.steps();
        for (int at = recomputes ? 0 : step(row); at <= step(row); at++) {
            if (acting.contains(at)) {
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
