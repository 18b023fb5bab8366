/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.graph.FeedNames;
import io.hookline.model.Site;
import io.hookline.plan.Broadcast;
import io.hookline.plan.EditKind;
import io.hookline.plan.EditValue;
import io.hookline.plan.PlannedEdit;
import io.hookline.program.TensorValue.Literal;
import io.hookline.program.TokenSelector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The values that one slot is fed with for one pass: where it acts on each row, and with what. */
final class SlotFeeds {
    private final Pass pass;
    private final Site site;
    private final int slot;
    private final PlannedEdit[] edits;
    private final SlotSchedule.SourceRows sources;
    private final List<HostTensor> feeds = new ArrayList<>();

    /** Which slot of which site is fed. */
    record Place(Site site, int slot) {}

    private SlotFeeds(
            Pass pass, Place place, PlannedEdit[] edits, SlotSchedule.SourceRows sources) {
        this.pass = pass;
        this.site = place.site();
        this.slot = place.slot();
        this.edits = edits;
        this.sources = sources;
    }

    static List<HostTensor> of(
            Pass pass, Place place, SlotSchedule.Filled filled, SlotSchedule.SourceRows sources) {
        SlotFeeds slot = new SlotFeeds(pass, place, filled.edits(), sources);
        slot.addGate();
        slot.addOperands(filled.slot().kind());
        return slot.feeds;
    }

    private void addOperands(EditKind kind) {
        switch (kind) {
            case PUT -> addValue(edit -> ((EditValue.Put) edit).value());
            case PLUS -> addValue(edit -> ((EditValue.Plus) edit).value());
            case WITHOUT -> addValue(edit -> ((EditValue.Without) edit).direction());
            case TIMES -> addScalar(FeedNames.value(slot), edit -> ((EditValue.Times) edit).by());
            case LIMIT -> {
                addScalar(FeedNames.value(slot), edit -> ((EditValue.Limit) edit).low());
                addScalar(FeedNames.high(slot), edit -> ((EditValue.Limit) edit).high());
            }
            case BLEND -> {
                addScalar(FeedNames.keep(slot), edit -> ((EditValue.Blend) edit).keep());
                addValue(edit -> ((EditValue.Blend) edit).value());
            }
            case OWN_MEAN -> addAverage();
            case FROM_ROW -> addSourceRows();
            case FROM_INPUT -> {}
            case CALL -> throw new IllegalStateException("code is fed with nothing");
        }
    }

    private boolean isAttention() {
        return site.layout() == Site.Layout.ATTENTION;
    }

    private int tokens() {
        return site.layout() == Site.Layout.POOLED ? 1 : pass.tokens();
    }

    /** Length of the axis that units count along. */
    private int units() {
        return isAttention() ? pass.keys() : site.width();
    }

    private long[] shape(int tokens, int width) {
        return isAttention()
                ? new long[] {pass.batch(), 1, tokens, width}
                : new long[] {pass.batch(), tokens, width};
    }

    private List<Pass.Placed> placed(int row) {
        PlannedEdit edit = edits[row];
        if (edit == null) {
            return List.of();
        }
        List<Pass.Placed> placed = pass.placed(row, edit, edit.tokens());
        if (site.layout() == Site.Layout.POOLED) {
            return placed.stream().map(at -> new Pass.Placed(at.step(), new int[1])).toList();
        }
        // The mean of a single position is that position.
        return edit.value() instanceof EditValue.OwnMean
                ? placed.stream().filter(at -> at.step() == 0).toList()
                : placed;
    }

    private void addGate() {
        boolean someUnits =
                Arrays.stream(edits).anyMatch(edit -> edit != null && edit.units().length > 0);
        int width = someUnits || hasPaddedKeys() ? units() : 1;
        boolean[] gate = new boolean[pass.batch() * tokens() * width];
        for (int row = 0; row < pass.batch(); row++) {
            int[] changed = width == 1 ? new int[1] : changed(row);
            for (Pass.Placed at : placed(row)) {
                for (int position : at.positions()) {
                    for (int unit : changed) {
                        gate[(row * tokens() + position) * width + unit] = true;
                    }
                }
            }
        }
        feeds.add(HostTensor.ofBooleans(FeedNames.gate(slot), shape(tokens(), width), gate));
    }

    /** Attention to padding is not the row's own and stays as it is: none. */
    private boolean hasPaddedKeys() {
        return isAttention()
                && IntStream.range(0, edits.length)
                        .anyMatch(
                                row ->
                                        edits[row] != null
                                                && pass.ownKeys(row).length < pass.keys());
    }

    private int[] changed(int row) {
        if (isAttention()) {
            return pass.ownKeys(row);
        }
        return edits[row] == null || edits[row].units().length == 0
                ? IntStream.range(0, site.width()).toArray()
                : edits[row].units();
    }

    private interface OfEdit<T> {
        T of(EditValue edit);
    }

    private void addScalar(String name, OfEdit<Float> number) {
        float[] values = new float[pass.batch()];
        for (int row = 0; row < values.length; row++) {
            values[row] = edits[row] == null ? 0 : number.of(edits[row].value());
        }
        feeds.add(HostTensor.ofFloats(name, site.dtype(), shape(1, 1), values));
    }

    /** Literals of all rows in one tensor that is as small as they allow. */
    private void addValue(OfEdit<Literal> literal) {
        int rank = isAttention() ? 3 : 2;
        Broadcast[] read = new Broadcast[edits.length];
        for (int row = 0; row < edits.length; row++) {
            read[row] =
                    edits[row] == null ? null : Broadcast.of(literal.of(edits[row].value()), rank);
        }
        ValueTensor values =
                new ValueTensor(
                        isAttention() && varies(read, 0) ? site.width() : 1,
                        varies(read, rank - 2) ? tokens() : 1,
                        varies(read, rank - 1) ? units() : 1);
        float[] numbers = new float[pass.batch() * values.size()];
        for (int row = 0; row < edits.length; row++) {
            int[] columns = values.width == 1 ? new int[1] : columns(row);
            for (Pass.Placed at : placed(row)) {
                values.put(
                        numbers, row * values.size(), read[row], new Own(at.positions(), columns));
            }
        }
        long[] shape =
                isAttention()
                        ? new long[] {pass.batch(), values.heads, values.tokens, values.width}
                        : new long[] {pass.batch(), values.tokens, values.width};
        feeds.add(HostTensor.ofFloats(FeedNames.value(slot), site.dtype(), shape, numbers));
    }

    /** Where the columns of a row's operand go. */
    private int[] columns(int row) {
        return isAttention() ? pass.ownKeys(row) : IntStream.range(0, site.width()).toArray();
    }

    /** Positions and columns that an operand is for. */
    private record Own(int[] positions, int[] columns) {}

    private static boolean varies(Broadcast[] read, int axis) {
        return Arrays.stream(read).anyMatch(value -> value != null && value.varies(axis));
    }

    /** Lengths of the operand's axes within one row. */
    private record ValueTensor(int heads, int tokens, int width) {
        int size() {
            return heads * tokens * width;
        }

        void put(float[] numbers, int start, Broadcast read, Own own) {
            // An operand without a tokens axis is the same for all of them.
            int different = tokens == 1 ? Math.min(1, own.positions.length) : own.positions.length;
            for (int head = 0; head < heads; head++) {
                for (int i = 0; i < different; i++) {
                    int token = tokens == 1 ? 0 : own.positions[i];
                    int at = start + (head * tokens + token) * width;
                    for (int column = 0; column < own.columns.length; column++) {
                        numbers[at + own.columns[column]] = read.of(head, i, column);
                    }
                }
            }
        }
    }

    private void addAverage() {
        float[] weights = new float[pass.batch() * tokens()];
        for (int row = 0; row < pass.batch(); row++) {
            if (!placed(row).isEmpty()) {
                int own = pass.rows().get(row).promptLength();
                int count = site.layout() == Site.Layout.POOLED ? 1 : own;
                Arrays.fill(weights, row * tokens(), row * tokens() + count, 1f / count);
            }
        }
        feeds.add(
                HostTensor.ofFloats(
                        FeedNames.value(slot), site.dtype(), shape(1, tokens()), weights));
    }

    private void addSourceRows() {
        long[] rows = new long[pass.batch() * tokens()];
        for (int row = 0; row < pass.batch(); row++) {
            if (edits[row] != null) {
                addSourceRows(rows, row, (EditValue.FromRow) edits[row].value());
            }
        }
        feeds.add(
                HostTensor.ofLongs(
                        FeedNames.rows(slot), new long[] {pass.batch(), tokens()}, rows));
        if (isAttention()) {
            long[] lengths = {pass.batch(), tokens(), site.width(), pass.keys()};
            feeds.add(HostTensor.ofLongs(FeedNames.attentionShape(slot), new long[] {4}, lengths));
        }
    }

    private void addSourceRows(long[] rows, int row, EditValue.FromRow from) {
        int source = sources.source(row, from);
        TokenSelector tokens = from.tokens();
        List<Pass.Placed> targets = placed(row);
        List<Pass.Placed> taken = pass.placed(source, edits[row], tokens);
        boolean pooled = site.layout() == Site.Layout.POOLED;
        for (int i = 0; i < targets.size(); i++) {
            int[] to = targets.get(i).positions();
            int[] of = pooled ? new int[1] : taken.get(i).positions();
            for (int j = 0; j < to.length; j++) {
                rows[row * tokens() + to[j]] = (long) source * tokens() + of[j];
            }
        }
    }
}
