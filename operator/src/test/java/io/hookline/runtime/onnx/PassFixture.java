/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.OrtException;
import io.hookline.graph.CanonicalGraph;
import io.hookline.graph.FeedNames;
import io.hookline.model.HookPoint;
import io.hookline.model.ModelDescription;
import io.hookline.model.ModelFolder;
import io.hookline.model.ModelGraph;
import io.hookline.model.ModelSignature;
import io.hookline.model.Module;
import io.hookline.model.Site;
import io.hookline.model.TestModels;
import io.hookline.plan.EditKind;
import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.plan.Structure.Pooling;
import io.hookline.plan.Structure.SiteEdits;
import io.hookline.plan.Structure.Slot;
import io.hookline.plan.Structure.Tap;
import io.hookline.program.Io;
import io.hookline.runtime.Device;
import io.hookline.runtime.HostTensor;
import io.hookline.runtime.PassEngine.KvCache;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.LongStream;

/** A model's pass engine, and passes over token ids to run on it. */
final class PassFixture implements AutoCloseable {
    private final ModelDescription model;
    private final CanonicalGraph canonical;
    private final OnnxPassEngine engine;
    private final Path weights;

    /** Token ids {@code [batch][tokens]} and what went before them. */
    record Tokens(int[][] ids, int past, Optional<KvCache> cache) {
        static Tokens of(int[]... ids) {
            return new Tokens(ids, 0, Optional.empty());
        }

        int batch() {
            return ids.length;
        }

        int length() {
            return ids[0].length;
        }
    }

    private PassFixture(ModelDescription model, CanonicalStore.Entry entry)
            throws IOException, OrtException {
        this.model = model;
        this.weights = entry.folder();
        this.canonical =
                new CanonicalGraph(
                        model.graph(),
                        ModelGraph.of(entry.graph()),
                        model.tree(),
                        model.signature());
        this.engine =
                OnnxPassEngine.open(
                        canonical,
                        model.signature(),
                        new OnnxPassEngine.Setting(
                                OnnxPassEngine.WeightFolder.of(entry.folder()),
                                new Device.Cpu(),
                                1,
                                64));
    }

    static PassFixture open(Path path, Path cache) {
        return open(path, cache, Weights.AS_STORED);
    }

    static PassFixture open(Path path, Path cache, Weights weights) {
        try {
            ModelFolder folder = ModelFolder.find(path);
            ModelDescription model = TestModels.describe(path);
            return new PassFixture(
                    model,
                    new CanonicalStore(cache)
                            .entry(
                                    new CanonicalStore.Source(
                                            folder.digest(folder.read()),
                                            model.graph(),
                                            model.tree(),
                                            path.toAbsolutePath().getParent(),
                                            new CanonicalStore.Form(weights, true))));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    OnnxPassEngine engine() {
        return engine;
    }

    /** Where the canonical graph's weights are. */
    Path weights() {
        return weights;
    }

    CanonicalGraph canonical() {
        return canonical;
    }

    /** Every site, in forward order. */
    List<Site> sites() {
        return model.tree().modules().stream()
                .map(Module::sites)
                .flatMap(List::stream)
                .sorted(Comparator.comparingInt(Site::order))
                .toList();
    }

    Site site(String module, Io io) {
        return model.tree().sites(HookPoint.of(module, io)).get(0);
    }

    /** All positions of those sites, after their edits, and logits. */
    Structure taps(List<Site> sites, LogitsTap logits) {
        return new Structure(List.of(), whole(sites), logits, false);
    }

    /** The same and the KV cache. */
    Structure continuing(List<Site> sites) {
        return new Structure(List.of(), whole(sites), LogitsTap.LAST, true);
    }

    /** The same with one value put in place of another. */
    Structure put(Site site, List<Site> taps, LogitsTap logits) {
        Slot slot = new Slot(EditKind.PUT, Optional.empty(), false);
        return new Structure(
                List.of(new SiteEdits(site, List.of(slot))), whole(taps), logits, false);
    }

    private static List<Tap> whole(List<Site> sites) {
        return sites.stream()
                .map(site -> new Tap(site, false, List.of(), Pooling.NONE, 0, site.dtype()))
                .toList();
    }

    PassRequest request(Structure structure, Tokens tokens, HostTensor... more) {
        List<HostTensor> feeds = new ArrayList<>(tokenFeeds(tokens));
        int positions = tokens.batch() * tokens.length();
        for (int tap = 0; tap < structure.taps().size(); tap++) {
            boolean pooled = structure.taps().get(tap).site().layout() == Site.Layout.POOLED;
            int rows = pooled ? tokens.batch() : positions;
            feeds.add(
                    HostTensor.ofLongs(
                            FeedNames.tapRows(tap),
                            new long[] {rows},
                            LongStream.range(0, rows).toArray()));
        }
        long[] last = new long[tokens.batch()];
        Arrays.setAll(last, row -> (long) (row + 1) * tokens.length() - 1);
        feeds.add(HostTensor.ofLongs(FeedNames.LOGITS_ROWS, new long[] {tokens.batch(), 1}, last));
        feeds.add(shape(FeedNames.SHAPE, tokens.batch(), tokens.length(), -1));
        feeds.add(shape(FeedNames.POOLED_SHAPE, tokens.batch(), -1));
        feeds.add(shape(FeedNames.ONE_TOKEN_SHAPE, tokens.batch(), 1, -1));
        feeds.addAll(List.of(more));
        return new PassRequest(structure, feeds, tokens.batch(), tokens.cache());
    }

    /** Feeds of the only slot: a value of that shape everywhere. */
    static HostTensor[] everywhere(Site site, Tokens tokens, float[] values) {
        boolean pooled = site.layout() == Site.Layout.POOLED;
        int length = pooled ? 1 : tokens.length();
        boolean[] gate = new boolean[tokens.batch() * length];
        Arrays.fill(gate, true);
        return new HostTensor[] {
            HostTensor.ofBooleans(FeedNames.gate(0), new long[] {tokens.batch(), length, 1}, gate),
            HostTensor.ofFloats(
                    FeedNames.value(0),
                    site.dtype(),
                    new long[] {tokens.batch(), length, site.width()},
                    values)
        };
    }

    private List<HostTensor> tokenFeeds(Tokens tokens) {
        ModelSignature signature = model.signature();
        List<HostTensor> feeds = new ArrayList<>();
        long[] ids =
                Arrays.stream(tokens.ids()).flatMapToInt(Arrays::stream).asLongStream().toArray();
        long[] shape = {tokens.batch(), tokens.length()};
        feeds.add(HostTensor.ofLongs(signature.inputIds(), shape, ids));
        signature
                .positionIds()
                .ifPresent(
                        name ->
                                feeds.add(
                                        perToken(
                                                name,
                                                shape,
                                                at -> tokens.past() + at % tokens.length())));
        signature.tokenTypeIds().ifPresent(name -> feeds.add(perToken(name, shape, at -> 0)));
        long[] keys = {tokens.batch(), tokens.past() + tokens.length()};
        signature.attentionMask().ifPresent(name -> feeds.add(perToken(name, keys, at -> 1)));
        return feeds;
    }

    private static HostTensor perToken(String name, long[] shape, IntUnaryOperator value) {
        long[] values = new long[(int) (shape[0] * shape[1])];
        Arrays.setAll(values, value::applyAsInt);
        return HostTensor.ofLongs(name, shape, values);
    }

    private static HostTensor shape(String name, long... lengths) {
        return HostTensor.ofLongs(name, new long[] {lengths.length}, lengths);
    }

    @Override
    public void close() {
        engine.close();
    }
}
