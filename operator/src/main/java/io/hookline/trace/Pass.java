/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Site;
import java.util.Arrays;

/**
 * The geometry of one forward pass over all rows of a trace. With a KV cache it holds the step's
 * new positions alone; without one it holds the whole text. Padding of tokens is on the right; what
 * a shorter row's KV cache lacks is missing in front, so that a sliding window never sees a gap.
 * Rows that have ended stay in the batch and have no positions.
 *
 * @param prompts length of each row's prompt
 * @param ended which rows have come to their end before this step
 */
record Pass(int step, boolean recomputes, int[] prompts, boolean[] ended) {
    int rows() {
        return prompts.length;
    }

    private int longest() {
        int longest = 0;
        for (int prompt : prompts) {
            longest = Math.max(longest, prompt);
        }
        return longest;
    }

    /** Whether all rows have come to their end. */
    boolean isEnded(Scope scope) {
        for (int row = scope.first(); row < scope.first() + scope.count(); row++) {
            if (!ended[row]) {
                return false;
            }
        }
        return true;
    }

    /** Length of the tokens axis. */
    int tokens() {
        return recomputes ? longest() + step : step == 0 ? longest() : 1;
    }

    /** How many positions of a row belong to this step. */
    int length(int row) {
        return ended[row] ? 0 : step == 0 ? prompts[row] : 1;
    }

    /** How many tokens of a row are fed. */
    int fed(int row) {
        return recomputes ? prompts[row] + step : step == 0 ? prompts[row] : 1;
    }

    /** Where the step's positions begin in the tokens axis. */
    int offset(int row) {
        return recomputes && step > 0 ? prompts[row] + step - 1 : 0;
    }

    /** Position in the row's text of the first token that is fed. */
    int start(int row) {
        return recomputes || step == 0 ? 0 : prompts[row] + step - 1;
    }

    /** Length of the keys axis of attention. */
    int keys() {
        return recomputes || step == 0 ? tokens() : longest() + step;
    }

    /** How many keys are a row's own. */
    int keysOf(int row) {
        return ended[row] ? 0 : prompts[row] + step;
    }

    /** Whether keys of shorter rows have to be moved to the end before the next step. */
    boolean isUneven() {
        return !recomputes && Arrays.stream(prompts).anyMatch(prompt -> prompt < longest());
    }

    /** Length of the gap in front of a row's keys. */
    int gap(int row) {
        return recomputes || step == 0 ? 0 : longest() - prompts[row];
    }

    /** Flat index of the position whose logits continue a row. */
    long lastIndex(int row) {
        return (long) row * tokens() + fed(row) - 1;
    }

    /** Shape of the whole batch's value at a site. */
    int[] shape(Site site) {
        return switch (site.layout()) {
            case SEQUENCE, FLAT -> new int[] {rows(), tokens(), site.width()};
            case POOLED -> new int[] {rows(), site.width()};
            case ATTENTION -> new int[] {rows(), site.width(), tokens(), keys()};
        };
    }
}
