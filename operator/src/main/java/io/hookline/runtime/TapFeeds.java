/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.graph.FeedNames;
import io.hookline.plan.PlannedCapture;
import io.hookline.plan.Structure.Pooling;
import io.hookline.plan.Structure.Tap;
import io.hookline.program.Reduction;
import io.hookline.program.TensorValue.Literal;
import io.hookline.schema.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Merges the captures of all rows into taps, and remembers which part of a tap's output is whose.
 */
final class TapFeeds {
    private static final double MOST = 0.5;

    private final Pass pass;
    private final Map<Key, List<Slice>> taps = new LinkedHashMap<>();

    private final Selections selections;

    /**
     * Captures with equal keys share a tap.
     *
     * @param matrix the projection, which is fed but once for a tap
     */
    private record Key(Tap tap, java.util.Optional<Literal> matrix) {}

    /**
     * The part of a tap's output that one capture records.
     *
     * @param row index in the pass
     * @param positions within the step
     * @param flat the same positions, flat over the batch
     */
    record Slice(int row, PlannedCapture capture, int[] positions, long[] flat) {}

    /** A tap and its slices, in the order in which they lie in its output. */
    record Filled(Tap tap, List<Slice> slices) {}

    /** Forward order, and at one site an order that does not depend on who asked first. */
    private static final Comparator<Key> IN_ORDER =
            Comparator.comparingInt((Key key) -> key.tap().site().order())
                    .thenComparing(key -> !key.tap().pre())
                    .thenComparing(key -> key.tap().pooling())
                    .thenComparing(key -> key.tap().dtype())
                    .thenComparing(key -> key.tap().likeliest())
                    .thenComparing(key -> key.tap().units().toString());

    TapFeeds(Pass pass, Selections selections) {
        this.pass = pass;
        this.selections = selections;
    }

    /** Adds what a row records in this pass. */
    void add(int row, List<PlannedCapture> captures) {
        for (PlannedCapture capture : captures) {
            if (capture.steps().contains(pass.step(row))) {
                add(row, capture);
            }
        }
    }

    private void add(int row, PlannedCapture capture) {
        Selections.Selected selected = selections.of(row, capture.tokens(), capture.site());
        if (selected.positions().length > 0) {
            taps.computeIfAbsent(key(capture), key -> new ArrayList<>())
                    .add(new Slice(row, capture, selected.positions(), selected.flat()));
        }
    }

    /** The taps, in forward order. */
    List<Filled> filled() {
        List<Filled> filled = new ArrayList<>();
        for (Map.Entry<Key, List<Slice>> entry : sorted()) {
            filled.add(new Filled(tap(entry.getKey(), entry.getValue()), entry.getValue()));
        }
        return filled;
    }

    /**
     * The tap of some slices. Where they take neighbouring positions each, and most of what there
     * is, the value leaves as a whole: that costs less than selecting.
     */
    private Tap tap(Key key, List<Slice> slices) {
        int wanted = 0;
        for (Slice slice : slices) {
            if (!isRange(slice.flat())) {
                return key.tap();
            }
            wanted += slice.flat().length;
        }
        boolean most = wanted >= MOST * pass.batch() * pass.tokens();
        return most ? key.tap().everywhere() : key.tap();
    }

    private static boolean isRange(long[] flat) {
        for (int i = 1; i < flat.length; i++) {
            if (flat[i] != flat[i - 1] + 1) {
                return false;
            }
        }
        return true;
    }

    /**
     * What the taps are fed with, by their place in the list.
     *
     * @param filled these taps
     */
    List<HostTensor> feeds(List<Filled> filled) {
        List<HostTensor> feeds = new ArrayList<>();
        List<Map.Entry<Key, List<Slice>>> sorted = sorted();
        for (int tap = 0; tap < sorted.size(); tap++) {
            if (filled.get(tap).tap().whole()) {
                continue;
            }
            Key key = sorted.get(tap).getKey();
            List<Slice> slices = sorted.get(tap).getValue();
            Pooling pooling = key.tap().pooling();
            if (pooling == Pooling.MEAN || pooling == Pooling.MAX) {
                addGrouped(feeds, tap, key.tap(), slices);
            } else {
                long[] rows = flat(slices, pooling);
                feeds.add(
                        HostTensor.ofLongs(FeedNames.tapRows(tap), new long[] {rows.length}, rows));
            }
            if (key.matrix().isPresent()) {
                feeds.add(transposed(FeedNames.tapMatrix(tap), key.tap(), key.matrix().get()));
            }
        }
        return feeds;
    }

    /**
     * All positions. A product with a single vector rounds in another way than one with several, so
     * a projection of one position has it twice.
     */
    private static long[] flat(List<Slice> slices, Pooling pooling) {
        long[] rows = joined(slices);
        return pooling == Pooling.PROJECT && rows.length == 1
                ? new long[] {rows[0], rows[0]}
                : rows;
    }

    private static long[] joined(List<Slice> slices) {
        long[] rows = new long[slices.stream().mapToInt(slice -> slice.flat().length).sum()];
        int at = 0;
        for (Slice slice : slices) {
            System.arraycopy(slice.flat(), 0, rows, at, slice.flat().length);
            at += slice.flat().length;
        }
        return rows;
    }

    private List<Map.Entry<Key, List<Slice>>> sorted() {
        return taps.entrySet().stream().sorted(Map.Entry.comparingByKey(IN_ORDER)).toList();
    }

    /** Groups shorter than the longest repeat their first position, with no weight in a mean. */
    private static void addGrouped(List<HostTensor> feeds, int tap, Tap of, List<Slice> slices) {
        int longest = slices.stream().mapToInt(slice -> slice.flat().length).max().orElseThrow();
        long[] rows = new long[slices.size() * longest];
        float[] weights = new float[rows.length];
        for (int group = 0; group < slices.size(); group++) {
            long[] flat = slices.get(group).flat();
            for (int i = 0; i < longest; i++) {
                rows[group * longest + i] = flat[i < flat.length ? i : 0];
                weights[group * longest + i] = i < flat.length ? 1f / flat.length : 0;
            }
        }
        long[] shape = {slices.size(), longest};
        feeds.add(HostTensor.ofLongs(FeedNames.tapRows(tap), shape, rows));
        if (of.pooling() == Pooling.MEAN) {
            long[] weighted = {slices.size(), 1, longest};
            feeds.add(
                    HostTensor.ofFloats(
                            FeedNames.tapWeights(tap), of.site().dtype(), weighted, weights));
        }
    }

    private static HostTensor transposed(String name, Tap tap, Literal matrix) {
        int k = matrix.shape()[0];
        int width = matrix.shape()[1];
        float[] values = new float[k * width];
        for (int row = 0; row < k; row++) {
            for (int column = 0; column < width; column++) {
                values[column * k + row] = matrix.values()[row * width + column];
            }
        }
        return HostTensor.ofFloats(name, tap.site().dtype(), new long[] {width, k}, values);
    }

    private static Key key(PlannedCapture capture) {
        Reduction reduction = capture.reduction();
        Tap tap =
                new Tap(
                        capture.site(),
                        capture.pre(),
                        Arrays.stream(capture.units()).boxed().toList(),
                        pooling(reduction),
                        reduction instanceof Reduction.Lens lens ? lens.k() : 0,
                        reduction instanceof Reduction.Lens
                                ? ElementType.FLOAT32
                                : capture.dtype());
        return new Key(
                tap,
                reduction instanceof Reduction.Project project
                        ? java.util.Optional.of((Literal) project.matrix())
                        : java.util.Optional.empty());
    }

    /** What a reduction makes of the selected positions. */
    static Pooling pooling(Reduction reduction) {
        if (reduction instanceof Reduction.Mean) {
            return Pooling.MEAN;
        }
        if (reduction instanceof Reduction.Max) {
            return Pooling.MAX;
        }
        if (reduction instanceof Reduction.Norm) {
            return Pooling.NORM;
        }
        if (reduction instanceof Reduction.Lens) {
            return Pooling.LENS;
        }
        return reduction instanceof Reduction.Project ? Pooling.PROJECT : Pooling.NONE;
    }
}
