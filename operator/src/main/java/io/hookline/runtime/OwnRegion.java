/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.model.Site;
import io.hookline.plan.Broadcast;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Some positions of one row within a pass's value at a site, as an array of their own. */
final class OwnRegion {
    private final Site site;
    private final int row;
    private final int tokens;
    private final int[] positions;
    private final int[] keys;
    private final int allKeys;

    private OwnRegion(Pass pass, Site site, int row, Pass.Placed placed) {
        boolean pooled = site.layout() == Site.Layout.POOLED;
        this.site = site;
        this.row = row;
        this.tokens = pooled ? 1 : pass.tokens();
        this.positions = pooled ? new int[1] : placed.positions();
        // A step that is computed again attends to what was there when it came, and no more.
        int there = pass.rows().get(row).promptLength() + placed.step();
        this.keys = isAttention() ? Arrays.copyOf(pass.ownKeys(row), there) : new int[0];
        this.allKeys = pass.keys();
    }

    static OwnRegion of(Pass pass, Site site, int row, Pass.Placed placed) {
        return new OwnRegion(pass, site, row, placed);
    }

    private boolean isAttention() {
        return site.layout() == Site.Layout.ATTENTION;
    }

    /** {@code [positions, width]}, of attention {@code [heads, positions, keys]}. */
    int[] shape() {
        return isAttention()
                ? new int[] {site.width(), positions.length, keys.length}
                : new int[] {positions.length, site.width()};
    }

    /** A copy of the region. */
    float[] read(float[] whole) {
        float[] values = new float[planes() * positions.length * columns()];
        int at = 0;
        for (int plane = 0; plane < planes(); plane++) {
            for (int position = 0; position < positions.length; position++) {
                for (int column = 0; column < columns(); column++) {
                    values[at++] = whole[index(plane, position, column)];
                }
            }
        }
        return values;
    }

    /**
     * Puts values where they belong.
     *
     * @param values broadcast to {@link #shape()}
     * @param units those that change, empty for all
     */
    void write(float[] whole, Broadcast values, int[] units) {
        int[] changed =
                units.length == 0 || isAttention()
                        ? IntStream.range(0, columns()).toArray()
                        : units;
        for (int plane = 0; plane < planes(); plane++) {
            for (int position = 0; position < positions.length; position++) {
                for (int column : changed) {
                    whole[index(plane, position, column)] = values.of(plane, position, column);
                }
            }
        }
    }

    private int planes() {
        return isAttention() ? site.width() : 1;
    }

    private int columns() {
        return isAttention() ? keys.length : site.width();
    }

    private int index(int plane, int position, int column) {
        if (isAttention()) {
            int line = (row * site.width() + plane) * tokens + positions[position];
            return line * allKeys + keys[column];
        }
        return (row * tokens + positions[position]) * site.width() + column;
    }
}
