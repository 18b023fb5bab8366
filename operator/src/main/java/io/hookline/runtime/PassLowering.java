/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.graph.FeedNames;
import io.hookline.model.Site;
import io.hookline.plan.EditKind;
import io.hookline.plan.EditValue;
import io.hookline.plan.PlannedEdit;
import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.plan.Structure.SiteEdits;
import io.hookline.plan.Structure.Slot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Turns what the rows of a pass are to do into one structure and its feeds. */
final class PassLowering {
    private final Pass pass;
    private final List<SiteEdits> edits = new ArrayList<>();
    private final List<HostTensor> feeds = new ArrayList<>();
    private final Map<Integer, SlotSchedule.Filled> calls = new HashMap<>();
    private int slots;

    private PassLowering(Pass pass) {
        this.pass = pass;
    }

    static LoweredPass lower(Pass pass) {
        return new PassLowering(pass).lowered();
    }

    private LoweredPass lowered() {
        editsBySite().forEach(this::addSite);
        Selections selections = new Selections(pass);
        TapFeeds taps = new TapFeeds(pass, selections);
        GaugeFeeds gauges = new GaugeFeeds(pass, selections);
        for (int row = 0; row < pass.batch(); row++) {
            if (!pass.rows().get(row).ended()) {
                taps.add(row, pass.rows().get(row).planned().captures());
                gauges.add(row, pass.rows().get(row).planned().signals());
            }
        }
        List<TapFeeds.Filled> filled = taps.filled();
        feeds.addAll(taps.feeds(filled));
        feeds.addAll(gauges.feeds());
        LogitsTap logits = logits();
        if (logits == LogitsTap.LAST) {
            long[] last = IntStream.range(0, pass.batch()).mapToLong(pass::lastIndex).toArray();
            feeds.add(
                    HostTensor.ofLongs(FeedNames.LOGITS_ROWS, new long[] {pass.batch(), 1}, last));
        }
        addShapes();
        boolean continues = !pass.recomputes() && any((row, step) -> row.mayContinueAfter(step));
        Structure structure =
                new Structure(
                        edits,
                        filled.stream().map(TapFeeds.Filled::tap).toList(),
                        gauges.gauges(),
                        logits,
                        continues);
        return new LoweredPass(
                structure, feeds, filled, gauges.filled(), new FunctionCalls(pass, calls));
    }

    private Map<Site, List<List<PlannedEdit>>> editsBySite() {
        Map<Site, List<List<PlannedEdit>>> bySite =
                new TreeMap<>(Comparator.comparingInt(Site::order));
        for (int row = 0; row < pass.batch(); row++) {
            for (PlannedEdit edit : pass.rows().get(row).planned().edits()) {
                if (acts(row, edit)) {
                    bySite.computeIfAbsent(edit.site(), site -> emptyRows()).get(row).add(edit);
                }
            }
        }
        return bySite;
    }

    /** Whether a slot leaves nothing of the value that the model computed. */
    private boolean isEverywhere(Site site, SlotSchedule.Filled slot) {
        boolean replaces =
                slot.slot().kind() == EditKind.PUT || slot.slot().kind() == EditKind.FROM_INPUT;
        if (!replaces || site.layout() != Site.Layout.SEQUENCE) {
            return false;
        }
        for (int row = 0; row < pass.batch(); row++) {
            PlannedEdit edit = slot.edits()[row];
            if (edit == null || edit.units().length > 0 || covered(row, edit) < pass.length(row)) {
                return false;
            }
        }
        return true;
    }

    private int covered(int row, PlannedEdit edit) {
        return pass.placed(row, edit, edit.tokens()).stream()
                .mapToInt(placed -> placed.positions().length)
                .sum();
    }

    private boolean acts(int row, PlannedEdit edit) {
        return !pass.placed(row, edit, edit.tokens()).isEmpty();
    }

    private List<List<PlannedEdit>> emptyRows() {
        List<List<PlannedEdit>> rows = new ArrayList<>();
        for (int row = 0; row < pass.batch(); row++) {
            rows.add(new ArrayList<>());
        }
        return rows;
    }

    private void addSite(Site site, List<List<PlannedEdit>> rows) {
        List<SlotSchedule.Filled> filled =
                SlotSchedule.of(site, rows, this::sourceRow).stream()
                        .map(slot -> isEverywhere(site, slot) ? slot.everywhere() : slot)
                        .toList();
        edits.add(new SiteEdits(site, filled.stream().map(SlotSchedule.Filled::slot).toList()));
        for (SlotSchedule.Filled slot : filled) {
            if (slot.slot().kind() == EditKind.CALL) {
                calls.put(slots, slot);
            } else {
                feeds.addAll(
                        SlotFeeds.of(
                                pass, new SlotFeeds.Place(site, slots), slot, this::sourceRow));
            }
            slots++;
        }
    }

    /** Where the source of a row's patch is in the pass. */
    private int sourceRow(int row, EditValue.FromRow from) {
        ActiveRow target = pass.rows().get(row);
        for (int i = 0; i < pass.batch(); i++) {
            ActiveRow candidate = pass.rows().get(i);
            if (candidate.number() == target.number() && candidate.index() == from.row()) {
                return i;
            }
        }
        throw new IllegalStateException("the source of a patch is not in the pass");
    }

    private LogitsTap logits() {
        if (any((row, step) -> row.needsAllLogits(step))) {
            return LogitsTap.ALL;
        }
        boolean wanted = any((row, step) -> row.needsLogits(step));
        return wanted ? LogitsTap.LAST : LogitsTap.NONE;
    }

    private interface AtStep {
        boolean is(ActiveRow row, int step);
    }

    private boolean any(AtStep condition) {
        return IntStream.range(0, pass.batch())
                .filter(row -> !pass.rows().get(row).ended())
                .anyMatch(row -> condition.is(pass.rows().get(row), pass.step(row)));
    }

    private void addShapes() {
        long batch = pass.batch();
        feeds.add(shape(FeedNames.SHAPE, batch, pass.tokens(), -1));
        feeds.add(shape(FeedNames.ONE_TOKEN_SHAPE, batch, 1, -1));
        feeds.add(shape(FeedNames.POOLED_SHAPE, batch, -1));
        edits.stream()
                .filter(site -> site.slots().stream().anyMatch(Slot::everywhere))
                .mapToInt(site -> site.site().width())
                .distinct()
                .forEach(
                        width ->
                                feeds.add(
                                        shape(
                                                FeedNames.shapeOfWidth(width),
                                                batch,
                                                pass.tokens(),
                                                width)));
    }

    private static HostTensor shape(String name, long... lengths) {
        return HostTensor.ofLongs(name, new long[] {lengths.length}, lengths);
    }
}
