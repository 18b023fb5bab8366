/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.model.HookPoint;
import io.hookline.model.Site;
import io.hookline.plan.PlannedCapture;
import io.hookline.plan.Structure.Pooling;
import io.hookline.program.Reduction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Cuts the taps' outputs into the captures of each row. */
final class CaptureReader {
    private final Pass pass;
    private final boolean copying;

    /**
     * @param copying whether captures outlive the outputs; else they are views of them
     */
    CaptureReader(Pass pass, boolean copying) {
        this.pass = pass;
        this.copying = copying;
    }

    /**
     * Hands each row its captures of this pass, in visit order.
     *
     * @param taps in forward order
     */
    void read(List<TapFeeds.Filled> taps, List<PassEngine.Output> outputs) {
        for (int tap = 0; tap < taps.size(); tap++) {
            read(taps.get(tap), outputs.get(tap));
        }
    }

    private void read(TapFeeds.Filled tap, PassEngine.Output output) {
        boolean grouped = tap.tap().pooling() == Pooling.MEAN || tap.tap().pooling() == Pooling.MAX;
        boolean whole = tap.tap().whole();
        long[] shape = whole ? flat(output.shape()) : output.shape();
        int rowBytes = shape[0] == 0 ? 0 : output.data().limit() / (int) shape[0];
        int start = 0;
        for (TapFeeds.Slice slice : tap.slices()) {
            int count = grouped ? 1 : slice.positions().length;
            int from = (whole ? (int) slice.flat()[0] : start) * rowBytes;
            ByteBuffer data = part(output.data(), from, count * rowBytes);
            start += count;
            captures(slice, shape, data).forEach(pass.rows().get(slice.row())::add);
        }
    }

    private ByteBuffer part(ByteBuffer data, int from, int length) {
        if (!copying) {
            return data.slice(from, length).order(ByteOrder.LITTLE_ENDIAN);
        }
        byte[] copy = new byte[length];
        data.get(from, copy);
        return ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** {@code [positions, width]} of a value in any layout. */
    private static long[] flat(long[] shape) {
        long width = shape[shape.length - 1];
        return new long[] {
            Arrays.stream(shape).limit(shape.length - 1).reduce(1, (a, b) -> a * b), width
        };
    }

    private List<Capture> captures(TapFeeds.Slice slice, long[] shape, ByteBuffer data) {
        PlannedCapture planned = slice.capture();
        if (planned.reduction() instanceof Reduction.Lens lens) {
            return LensValues.of(data, lens.k()).captures(whole(slice, new int[0], data));
        }
        boolean attention = planned.site().layout() == Site.Layout.ATTENTION;
        int positions = slice.positions().length;
        int keys = pass.rows().get(slice.row()).promptLength() + pass.step(slice.row());
        return List.of(
                whole(
                        slice,
                        attention
                                ? new int[] {planned.site().width(), positions, keys}
                                : shape(planned, shape, positions),
                        attention ? byHead(data, slice, keys) : data));
    }

    private Capture whole(TapFeeds.Slice slice, int[] shape, ByteBuffer data) {
        PlannedCapture planned = slice.capture();
        Site site = planned.site();
        return new Capture(
                planned.cache(),
                pass.rows().get(slice.row()).index(),
                new HookPoint(planned.recordedAs(), site.point().io(), site.point().index()),
                site.visit(),
                pass.step(slice.row()),
                planned.stage(),
                planned.reduction().wireName(),
                slice.positions(),
                planned.dtype(),
                shape,
                data);
    }

    /** {@code [positions, heads, all keys]} to {@code [heads, positions, own keys]}. */
    private ByteBuffer byHead(ByteBuffer data, TapFeeds.Slice slice, int keys) {
        int bytes = slice.capture().dtype().bytes();
        int heads = slice.capture().site().width();
        int positions = slice.positions().length;
        ByteBuffer out = ByteBuffer.allocate(heads * positions * keys * bytes);
        int first = pass.ownKeys(slice.row())[0];
        for (int head = 0; head < heads; head++) {
            for (int position = 0; position < positions; position++) {
                int from = (position * heads + head) * pass.keys() + first;
                out.put(data.slice(from * bytes, keys * bytes));
            }
        }
        return out.flip();
    }

    private static int[] shape(PlannedCapture planned, long[] output, int positions) {
        int[] shape = new int[output.length];
        shape[0] = positions;
        for (int axis = 1; axis < shape.length; axis++) {
            shape[axis] = (int) output[axis];
        }
        boolean overTokens =
                planned.reduction() instanceof Reduction.Mean
                        || planned.reduction() instanceof Reduction.Max;
        return overTokens ? Arrays.copyOfRange(shape, 1, shape.length) : shape;
    }
}
