/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.graph.FeedNames;
import io.hookline.model.Site;
import io.hookline.plan.EditKind;
import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.plan.Structure.Pooling;
import io.hookline.plan.Structure.SiteEdits;
import io.hookline.plan.Structure.Slot;
import io.hookline.plan.Structure.Tap;
import io.hookline.runtime.HostTensor;
import io.hookline.runtime.PassEngine.KvCache;
import io.hookline.runtime.PassEngine.Output;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.schema.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** One run of the engine within a pass: its structure, what it is fed with, how results lie. */
final class PassFeeds {
    private final Pass pass;
    private final List<HostTensor> feeds;
    private final List<SiteEdits> edits = new ArrayList<>();
    private int slots;

    /**
     * @param inputs the model's own
     * @param puts changes in the order in which they act at their sites
     */
    PassFeeds(Pass pass, List<HostTensor> inputs, List<Passes.Put> puts) {
        this.pass = pass;
        this.feeds = new ArrayList<>(inputs);
        feeds.add(shape(FeedNames.SHAPE, pass.rows(), pass.tokens(), -1));
        feeds.add(shape(FeedNames.ONE_TOKEN_SHAPE, pass.rows(), 1, -1));
        feeds.add(shape(FeedNames.POOLED_SHAPE, pass.rows(), -1));
        Map<Site, List<Passes.Put>> bySite = new TreeMap<>(Comparator.comparingInt(Site::order));
        puts.forEach(put -> bySite.computeIfAbsent(put.site(), site -> new ArrayList<>()).add(put));
        bySite.forEach(this::addEdits);
    }

    private void addEdits(Site site, List<Passes.Put> puts) {
        List<Slot> own = new ArrayList<>();
        for (Passes.Put put : puts) {
            boolean everywhere = put.everywhere() && site.layout() == Site.Layout.SEQUENCE;
            long[] shape = lengths(site);
            feeds.add(
                    HostTensor.ofFloats(FeedNames.value(slots), site.dtype(), shape, put.value()));
            if (everywhere) {
                addWidth(site);
            } else {
                feeds.add(HostTensor.ofBooleans(FeedNames.gate(slots), shape, gate(put)));
            }
            own.add(new Slot(EditKind.PUT, Optional.empty(), everywhere));
            slots++;
        }
        edits.add(new SiteEdits(site, own));
    }

    private static boolean[] gate(Passes.Put put) {
        if (!put.everywhere()) {
            return put.changed();
        }
        boolean[] gate = new boolean[put.changed().length];
        Arrays.fill(gate, true);
        return gate;
    }

    private void addWidth(Site site) {
        String name = FeedNames.shapeOfWidth(site.width());
        if (feeds.stream().noneMatch(feed -> feed.name().equals(name))) {
            feeds.add(shape(name, pass.rows(), pass.tokens(), site.width()));
        }
    }

    /** What to run for values at sites, and for logits. */
    PassRequest request(
            List<Site> sites, LogitsTap logits, boolean continues, Optional<KvCache> cache) {
        List<HostTensor> all = new ArrayList<>(feeds);
        List<Tap> taps = new ArrayList<>();
        long[] pooled = LongStream.range(0, pass.rows()).toArray();
        long[] tokens = LongStream.range(0, (long) pass.rows() * pass.tokens()).toArray();
        for (Site site : sites) {
            long[] every = site.layout() == Site.Layout.POOLED ? pooled : tokens;
            long[] length = {every.length};
            all.add(HostTensor.ofLongs(FeedNames.tapRows(taps.size()), length, every));
            taps.add(new Tap(site, false, List.of(), Pooling.NONE, 0, ElementType.FLOAT32));
        }
        if (logits == LogitsTap.LAST) {
            long[] last = new long[pass.rows()];
            Arrays.setAll(last, pass::lastIndex);
            all.add(HostTensor.ofLongs(FeedNames.LOGITS_ROWS, new long[] {pass.rows(), 1}, last));
        }
        return new PassRequest(
                new Structure(edits, taps, logits, continues), all, pass.rows(), cache);
    }

    /** The whole batch's value at each site. */
    Map<Site, float[]> values(List<Site> sites, PassResult result) {
        Map<Site, float[]> values = new HashMap<>();
        for (int tap = 0; tap < sites.size(); tap++) {
            Site site = sites.get(tap);
            float[] flat = floats(result.taps().get(tap));
            values.put(site, site.layout() == Site.Layout.ATTENTION ? byHead(site, flat) : flat);
        }
        return values;
    }

    /** Logits of each row. */
    float[][] logits(Output output) {
        float[] all = floats(output);
        int vocabulary = (int) output.shape()[2];
        float[][] rows = new float[pass.rows()][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(all, row * vocabulary, (row + 1) * vocabulary);
        }
        return rows;
    }

    /** {@code [rows, tokens, heads, keys]} to {@code [rows, heads, tokens, keys]}. */
    private float[] byHead(Site site, float[] flat) {
        float[] out = new float[flat.length];
        int heads = site.width();
        int keys = pass.keys();
        for (int row = 0; row < pass.rows(); row++) {
            for (int token = 0; token < pass.tokens(); token++) {
                for (int head = 0; head < heads; head++) {
                    int from = ((row * pass.tokens() + token) * heads + head) * keys;
                    int to = ((row * heads + head) * pass.tokens() + token) * keys;
                    System.arraycopy(flat, from, out, to, keys);
                }
            }
        }
        return out;
    }

    private static float[] floats(Output output) {
        float[] values = new float[output.data().remaining() / Float.BYTES];
        output.data().asFloatBuffer().get(values);
        return values;
    }

    /** Lengths of a fed value, with a tokens axis. */
    private long[] lengths(Site site) {
        return switch (site.layout()) {
            case SEQUENCE, FLAT -> new long[] {pass.rows(), pass.tokens(), site.width()};
            case POOLED -> new long[] {pass.rows(), 1, site.width()};
            case ATTENTION -> new long[] {pass.rows(), site.width(), pass.tokens(), pass.keys()};
        };
    }

    private static HostTensor shape(String name, long... lengths) {
        return HostTensor.ofLongs(name, new long[] {lengths.length}, lengths);
    }
}
