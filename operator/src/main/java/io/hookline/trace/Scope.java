/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Site;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a block owns, and where their values lie in those of the whole batch. A block sees
 * its own tokens only, left-aligned.
 */
final class Scope {
    private final int first;
    private final int count;
    private final boolean whole;

    /** Takes a run of numbers from one place to another. */
    private interface Chunk {
        void move(int own, int batch, int length);
    }

    Scope(int first, int count, boolean whole) {
        this.first = first;
        this.count = count;
        this.whole = whole;
    }

    /** Index of the first row in the batch. */
    int first() {
        return first;
    }

    /** How many rows. */
    int count() {
        return count;
    }

    /** Whether the block sees the whole batch, whatever is in it. */
    boolean isWhole() {
        return whole;
    }

    boolean contains(int row) {
        return first <= row && row < first + count;
    }

    /** Tokens of each row in the step. */
    int[] lengths(Pass pass) {
        int[] lengths = new int[count];
        for (int row = 0; row < count; row++) {
            lengths[row] = pass.length(first + row);
        }
        return lengths;
    }

    /** Shape of what the block sees at a site. */
    int[] shape(Site site, Pass pass) {
        int tokens = longest(pass);
        return switch (site.layout()) {
            case SEQUENCE, FLAT -> new int[] {count, tokens, site.width()};
            case POOLED -> new int[] {count, site.width()};
            case ATTENTION -> new int[] {count, site.width(), tokens, keys(pass)};
        };
    }

    private int longest(Pass pass) {
        int longest = 0;
        for (int row = first; row < first + count; row++) {
            longest = Math.max(longest, pass.length(row));
        }
        return longest;
    }

    private int keys(Pass pass) {
        int keys = 0;
        for (int row = first; row < first + count; row++) {
            keys = Math.max(keys, pass.keysOf(row));
        }
        return keys;
    }

    /** The block's part of a batch's value. */
    float[] narrow(Site site, Pass pass, float[] batch) {
        float[] own = new float[Shapes.size(shape(site, pass))];
        each(site, pass, (at, from, length) -> System.arraycopy(batch, from, own, at, length));
        return own;
    }

    /** Puts the block's part into a batch's value. */
    void widen(Site site, Pass pass, float[] own, float[] batch) {
        each(site, pass, (at, to, length) -> System.arraycopy(own, at, batch, to, length));
    }

    /**
     * Marks the elements of a batch's value that the block's selected elements lie at.
     *
     * @param own null for all of the block's
     */
    void mark(Site site, Pass pass, boolean @Nullable [] own, boolean[] batch) {
        each(
                site,
                pass,
                (at, to, length) -> {
                    for (int i = 0; i < length; i++) {
                        batch[to + i] |= own == null || own[at + i];
                    }
                });
    }

    private void each(Site site, Pass pass, Chunk chunk) {
        switch (site.layout()) {
            case POOLED -> chunk.move(0, first * site.width(), count * site.width());
            case SEQUENCE, FLAT -> eachToken(site.width(), pass, chunk);
            case ATTENTION -> eachHead(site.width(), pass, chunk);
        }
    }

    private void eachToken(int width, Pass pass, Chunk chunk) {
        int longest = longest(pass);
        for (int row = 0; row < count; row++) {
            int length = pass.length(first + row);
            int from = ((first + row) * pass.tokens() + pass.offset(first + row)) * width;
            chunk.move(row * longest * width, from, length * width);
        }
    }

    private void eachHead(int heads, Pass pass, Chunk chunk) {
        int longest = longest(pass);
        int keys = keys(pass);
        for (int row = 0; row < count; row++) {
            int source = first + row;
            for (int head = 0; head < heads; head++) {
                for (int token = 0; token < pass.length(source); token++) {
                    int own = ((row * heads + head) * longest + token) * keys;
                    int batch =
                            ((source * heads + head) * pass.tokens() + pass.offset(source) + token)
                                    * pass.keys();
                    chunk.move(own, batch + pass.gap(source), pass.keysOf(source));
                }
            }
        }
    }
}
