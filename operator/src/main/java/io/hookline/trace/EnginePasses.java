/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.graph.FeedNames;
import io.hookline.model.ModelSignature;
import io.hookline.model.Site;
import io.hookline.plan.EditKind;
import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.plan.Structure.Pooling;
import io.hookline.plan.Structure.SiteEdits;
import io.hookline.plan.Structure.Slot;
import io.hookline.plan.Structure.Tap;
import io.hookline.runtime.HostTensor;
import io.hookline.runtime.PassEngine;
import io.hookline.runtime.PassEngine.KvCache;
import io.hookline.runtime.PassEngine.Output;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Runs the passes of a trace on an engine. Owns the KV cache between them. */
final class EnginePasses implements Passes {
    private final PassEngine engine;
    private final ModelSignature signature;
    private final List<PastPut> past = new ArrayList<>();
    private Optional<KvCache> cache = Optional.empty();

    /** A change made in an earlier step, for models that compute its positions again. */
    private record PastPut(Pass pass, Put put) {}

    EnginePasses(PassEngine engine, ModelSignature signature) {
        this.engine = engine;
        this.signature = signature;
    }

    @Override
    public Result run(Pass pass, Work work) {
        List<HostTensor> inputs = TokenInputs.of(signature, pass, work);
        Map<Integer, Put> puts = new TreeMap<>();
        work.known().forEach(put -> puts.put(put.site().order(), put));
        for (Optional<Site> cut = work.nextCut(); cut.isPresent(); cut = work.nextCut()) {
            Site site = cut.get();
            Request at = new Request(pass, inputs, puts.values());
            float[] value = at.taps(List.of(site)).get(site);
            work.serve(site, value).ifPresent(put -> puts.put(site.order(), put));
        }
        Request whole = new Request(pass, inputs, puts.values());
        Result result = whole.finish(work);
        if (pass.recomputes()) {
            puts.values().forEach(put -> past.add(new PastPut(pass, put)));
        }
        return result;
    }

    /** One run of the engine within a pass. */
    private final class Request {
        private final Pass pass;
        private final List<HostTensor> feeds;
        private final List<SiteEdits> edits = new ArrayList<>();

        Request(Pass pass, List<HostTensor> inputs, Collection<Put> puts) {
            this.pass = pass;
            this.feeds = new ArrayList<>(inputs);
            addShapes();
            Map<Site, List<Put>> bySite = new TreeMap<>(Comparator.comparingInt(Site::order));
            for (PastPut each : past) {
                bySite.computeIfAbsent(each.put().site(), site -> new ArrayList<>())
                        .add(Regrown.put(each.put(), each.pass(), pass));
            }
            puts.forEach(
                    put ->
                            bySite.computeIfAbsent(put.site(), site -> new ArrayList<>())
                                    .add(put));
            bySite.forEach(this::addEdits);
        }

        private void addShapes() {
            feeds.add(shape(FeedNames.SHAPE, pass.rows(), pass.tokens(), -1));
            feeds.add(shape(FeedNames.ONE_TOKEN_SHAPE, pass.rows(), 1, -1));
            feeds.add(shape(FeedNames.POOLED_SHAPE, pass.rows(), -1));
        }

        private void addEdits(Site site, List<Put> puts) {
            List<Slot> slots = new ArrayList<>();
            for (Put put : puts) {
                int slot = edits.stream().mapToInt(each -> each.slots().size()).sum() + slots.size();
                boolean everywhere =
                        put.everywhere() && site.layout() == Site.Layout.SEQUENCE;
                long[] shape = lengths(site, pass);
                feeds.add(
                        HostTensor.ofFloats(
                                FeedNames.value(slot), site.dtype(), shape, put.value()));
                if (everywhere) {
                    addWidth(site);
                } else {
                    boolean[] gate = put.changed().clone();
                    if (put.everywhere()) {
                        java.util.Arrays.fill(gate, true);
                    }
                    feeds.add(HostTensor.ofBooleans(FeedNames.gate(slot), shape, gate));
                }
                slots.add(new Slot(EditKind.PUT, Optional.empty(), everywhere));
            }
            edits.add(new SiteEdits(site, slots));
        }

        private void addWidth(Site site) {
            String name = FeedNames.shapeOfWidth(site.width());
            if (feeds.stream().noneMatch(feed -> feed.name().equals(name))) {
                feeds.add(shape(name, pass.rows(), pass.tokens(), site.width()));
            }
        }

        /** Values at sites, whole batch. */
        Map<Site, float[]> taps(List<Site> sites) {
            return values(sites, execute(sites, LogitsTap.NONE, false));
        }

        Result finish(Work work) {
            List<Site> sites = work.taps();
            if (sites.isEmpty() && !work.needsLogits()) {
                return new Result(Map.of(), null);
            }
            if (!work.needsLogits()) {
                return new Result(taps(sites), null);
            }
            PassResult result =
                    execute(sites, LogitsTap.LAST, work.continues() && !pass.recomputes());
            cache.ifPresent(KvCache::close);
            cache = result.cache();
            return new Result(values(sites, result), logits(result.logits().orElseThrow()));
        }

        private float[][] logits(Output output) {
            float[] all = floats(output);
            int vocabulary = (int) output.shape()[2];
            float[][] rows = new float[pass.rows()][];
            for (int row = 0; row < rows.length; row++) {
                rows[row] =
                        java.util.Arrays.copyOfRange(
                                all, row * vocabulary, (row + 1) * vocabulary);
            }
            return rows;
        }

        private PassResult execute(List<Site> sites, LogitsTap logits, boolean continues) {
            List<HostTensor> all = new ArrayList<>(feeds);
            List<Tap> taps = new ArrayList<>();
            for (Site site : sites) {
                long rows =
                        site.layout() == Site.Layout.POOLED
                                ? pass.rows()
                                : (long) pass.rows() * pass.tokens();
                long[] every = java.util.stream.LongStream.range(0, rows).toArray();
                all.add(
                        HostTensor.ofLongs(
                                FeedNames.tapRows(taps.size()), new long[] {rows}, every));
                taps.add(
                        new Tap(site, false, List.of(), Pooling.NONE, 0, ElementType.FLOAT32));
            }
            if (logits == LogitsTap.LAST) {
                long[] last = new long[pass.rows()];
                java.util.Arrays.setAll(last, pass::lastIndex);
                all.add(
                        HostTensor.ofLongs(
                                FeedNames.LOGITS_ROWS, new long[] {pass.rows(), 1}, last));
            }
            try {
                return engine.run(
                        new PassRequest(
                                new Structure(edits, taps, logits, continues),
                                all,
                                pass.rows(),
                                cache));
            } catch (RuntimeInferenceException e) {
                throw new TraceException(
                        ErrorCode.INFERENCE_FAILED, String.valueOf(e.getMessage()), e);
            }
        }

        private Map<Site, float[]> values(List<Site> sites, PassResult result) {
            Map<Site, float[]> values = new HashMap<>();
            for (int tap = 0; tap < sites.size(); tap++) {
                Site site = sites.get(tap);
                float[] flat = floats(result.taps().get(tap));
                values.put(
                        site,
                        site.layout() == Site.Layout.ATTENTION ? byHead(site, flat) : flat);
            }
            return values;
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
    }

    private static float[] floats(Output output) {
        float[] values = new float[output.data().remaining() / Float.BYTES];
        output.data().asFloatBuffer().get(values);
        return values;
    }

    /** Lengths of a fed value, with a tokens axis. */
    private static long[] lengths(Site site, Pass pass) {
        return switch (site.layout()) {
            case SEQUENCE, FLAT -> new long[] {pass.rows(), pass.tokens(), site.width()};
            case POOLED -> new long[] {pass.rows(), 1, site.width()};
            case ATTENTION -> new long[] {pass.rows(), site.width(), pass.tokens(), pass.keys()};
        };
    }

    private static HostTensor shape(String name, long... lengths) {
        return HostTensor.ofLongs(name, new long[] {lengths.length}, lengths);
    }

    @Override
    public void close() {
        cache.ifPresent(KvCache::close);
        cache = Optional.empty();
    }
}
