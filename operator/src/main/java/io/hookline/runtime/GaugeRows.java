/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static java.util.Objects.requireNonNull;

import io.hookline.graph.FeedNames;
import io.hookline.model.Site;
import io.hookline.plan.PlannedSignal;
import io.hookline.plan.Structure.Gauge;
import io.hookline.plan.Structure.GaugeKind;
import io.hookline.plan.Structure.Source;
import io.hookline.program.Measure;
import io.hookline.program.Measure.Scalar;
import io.hookline.program.Reference;
import io.hookline.program.SignalDefinition.Pool;
import io.hookline.runtime.Selections.Selected;
import io.hookline.schema.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The activations that one gauge measures in one pass, and what they are measured with. */
final class GaugeRows {
    /** As the graph visits sites: before edits first. */
    private static final Comparator<Activations> IN_ORDER =
            Comparator.comparingInt((Activations each) -> each.of.site().order())
                    .thenComparing(each -> !each.of.pre())
                    .thenComparing(each -> each.of.pooled());

    private static final long[] NOBODY_ELSES = new long[0];

    private final GaugeKind kind;
    private final int width;
    private final Map<Of, Activations> sources = new HashMap<>();
    private final Set<Scalar> scalars = EnumSet.noneOf(Scalar.class);
    private final Numbered<float[]> vectors = new Numbered<>();
    private final Numbered<Reference> references = new Numbered<>();
    private final List<Source> compiled = new ArrayList<>();
    private Columns columns = new Columns(new EnumMap<>(Scalar.class), 0);
    private int top;

    /**
     * Where the activations of one signal are in the gauge's output.
     *
     * @param first of them in their source
     * @param vector which product is the signal's, -1 when it needs none
     */
    record At(Activations source, int first, int count, int vector) {}

    /** Which value, and whether each activation is the mean of several positions. */
    private record Of(Site site, boolean pre, boolean pooled) {}

    /** The activations of one source, each made of one position or the mean of several. */
    static final class Activations {
        private final Of of;
        private final List<long[]> positions = new ArrayList<>();
        private final List<Integer> references = new ArrayList<>();
        private final Map<Asked, Integer> known = new HashMap<>();
        private int start;

        /** The same positions are picked once, however many signals are made of them. */
        private record Asked(Selected selected, int reference) {}

        private Activations(Of of) {
            this.of = of;
        }

        private int add(Selected selected, boolean pooled, int reference) {
            return known.computeIfAbsent(
                    new Asked(selected, reference),
                    asked -> append(selected.flat(), pooled, reference));
        }

        private int append(long[] flat, boolean pooled, int reference) {
            int first = positions.size();
            if (pooled) {
                positions.add(flat);
            } else {
                Arrays.stream(flat).forEach(position -> positions.add(new long[] {position}));
            }
            while (references.size() < positions.size()) {
                references.add(reference);
            }
            return first;
        }

        /** Row of the gauge's output that holds the first of them. */
        int start() {
            return start;
        }
    }

    GaugeRows(GaugeKind kind, int width) {
        this.kind = kind;
        this.width = width;
    }

    /** Adds a signal over those positions. */
    At add(PlannedSignal signal, Selected selected) {
        Measure measure = signal.definition().measure();
        boolean pooled = signal.definition().selection().pool() == Pool.MEAN;
        Set<Scalar> needed = measure.scalars();
        scalars.addAll(needed);
        int vector =
                needed.contains(Scalar.PRODUCT)
                        ? vectors.of(measure, () -> measure.vector(width).orElseThrow())
                        : -1;
        if (measure instanceof Measure.TopUnits units) {
            top = Math.max(top, units.k());
        }
        int reference =
                measure instanceof Measure.Distance distance
                        ? references.of(measure, distance::reference)
                        : 0;
        Activations source =
                sources.computeIfAbsent(
                        new Of(signal.site(), signal.pre(), pooled), Activations::new);
        int first = source.add(selected, pooled, reference);
        return new At(source, first, pooled ? 1 : selected.flat().length, vector);
    }

    /** What is compiled; known once the gauge is fed. */
    Gauge gauge() {
        return new Gauge(kind, width, compiled, List.copyOf(scalars));
    }

    private List<Activations> inOrder() {
        return sources.values().stream().sorted(IN_ORDER).toList();
    }

    /** Where the scalars are in a row of the output; final once the gauge is fed. */
    Columns columns() {
        return columns;
    }

    /**
     * Columns of a gauge's output.
     *
     * @param starts the column in which each scalar begins
     */
    record Columns(EnumMap<Scalar, Integer> starts, int count) {
        int of(Scalar scalar) {
            return requireNonNull(starts.get(scalar));
        }
    }

    private Columns settled() {
        EnumMap<Scalar, Integer> starts = new EnumMap<>(Scalar.class);
        int count = 0;
        for (Scalar scalar : scalars) {
            starts.put(scalar, count);
            count +=
                    switch (scalar) {
                        case PRODUCT -> products();
                        case TOP -> 2 * top;
                        default -> 1;
                    };
        }
        return new Columns(starts, count);
    }

    /** How many units are there of each activation. */
    int top() {
        return top;
    }

    /** A product with a single vector rounds in another way than one with several. */
    private int products() {
        return Math.max(2, vectors.size());
    }

    /** What the gauge of that index is fed with; settles where everything is in its output. */
    List<HostTensor> feeds(int gauge) {
        pad();
        columns = settled();
        List<HostTensor> feeds = new ArrayList<>();
        List<long[]> fed = new ArrayList<>();
        int start = 0;
        for (Activations source : inOrder()) {
            source.start = start;
            start += source.positions.size();
            int rows = addRows(feeds, fed, source, gauge);
            compiled.add(new Source(source.of.site(), source.of.pre(), source.of.pooled(), rows));
        }
        if (scalars.contains(Scalar.PRODUCT)) {
            feeds.add(matrix(FeedNames.gaugeVectors(gauge), padded(vectors.values(), 2)));
        }
        if (scalars.contains(Scalar.TOP)) {
            feeds.add(
                    HostTensor.ofLongs(
                            FeedNames.gaugeTop(gauge), new long[] {1}, new long[] {top}));
        }
        if (kind == GaugeKind.DISTANCE) {
            addReferences(feeds, gauge);
        }
        return feeds;
    }

    /** A single activation is there twice, for the same reason as a vector. */
    private void pad() {
        int all = sources.values().stream().mapToInt(source -> source.positions.size()).sum();
        if (all == 1) {
            Activations only = sources.values().iterator().next();
            only.positions.add(only.positions.get(0));
            only.references.add(only.references.get(0));
        }
    }

    /** Feeds a source's positions, unless another source has the same; returns which they are. */
    private static int addRows(
            List<HostTensor> feeds, List<long[]> fed, Activations source, int gauge) {
        if (source.of.pooled()) {
            addPooled(feeds, source.positions, gauge, fed.size());
            fed.add(NOBODY_ELSES);
            return fed.size() - 1;
        }
        long[] rows = source.positions.stream().flatMapToLong(Arrays::stream).toArray();
        for (int i = 0; i < fed.size(); i++) {
            if (Arrays.equals(fed.get(i), rows)) {
                return i;
            }
        }
        fed.add(rows);
        String name = FeedNames.gaugeRows(gauge, fed.size() - 1);
        feeds.add(HostTensor.ofLongs(name, new long[] {rows.length}, rows));
        return fed.size() - 1;
    }

    private static void addPooled(
            List<HostTensor> feeds, List<long[]> groups, int gauge, int index) {
        int longest = groups.stream().mapToInt(group -> group.length).max().orElseThrow();
        long[] rows = new long[groups.size() * longest];
        float[] weights = new float[rows.length];
        for (int group = 0; group < groups.size(); group++) {
            long[] flat = groups.get(group);
            for (int i = 0; i < longest; i++) {
                rows[group * longest + i] = flat[i < flat.length ? i : 0];
                weights[group * longest + i] = i < flat.length ? 1f / flat.length : 0;
            }
        }
        feeds.add(
                HostTensor.ofLongs(
                        FeedNames.gaugeRows(gauge, index),
                        new long[] {groups.size(), longest},
                        rows));
        feeds.add(
                HostTensor.ofFloats(
                        FeedNames.gaugeWeights(gauge, index),
                        ElementType.FLOAT32,
                        new long[] {groups.size(), 1, longest},
                        weights));
    }

    private void addReferences(List<HostTensor> feeds, int gauge) {
        long[] which =
                inOrder().stream()
                        .flatMap(source -> source.references.stream())
                        .mapToLong(Integer::longValue)
                        .toArray();
        feeds.add(
                HostTensor.ofLongs(
                        FeedNames.gaugeReferences(gauge), new long[] {which.length}, which));
        List<Reference> all = references.values();
        feeds.add(matrix(FeedNames.gaugeMeans(gauge), all.stream().map(Reference::mean).toList()));
        feeds.add(
                matrix(FeedNames.gaugeScales(gauge), all.stream().map(Reference::scale).toList()));
        List<float[]> basis = all.stream().flatMap(each -> Arrays.stream(each.basis())).toList();
        feeds.add(matrix(FeedNames.gaugeBasis(gauge), padded(basis, 2)));
        feeds.add(shrink(FeedNames.gaugeShrink(gauge), all, Math.max(2, basis.size())));
    }

    private static HostTensor shrink(String name, List<Reference> all, int directions) {
        float[] values = new float[all.size() * directions];
        int direction = 0;
        for (int reference = 0; reference < all.size(); reference++) {
            for (float shrink : all.get(reference).shrink()) {
                values[reference * directions + direction++] = shrink;
            }
        }
        return HostTensor.ofFloats(
                name, ElementType.FLOAT32, new long[] {all.size(), directions}, values);
    }

    private List<float[]> padded(Collection<float[]> rows, int least) {
        List<float[]> padded = new ArrayList<>(rows);
        while (padded.size() < least) {
            padded.add(new float[width]);
        }
        return padded;
    }

    private HostTensor matrix(String name, List<float[]> rows) {
        float[] values = new float[rows.size() * width];
        for (int row = 0; row < rows.size(); row++) {
            System.arraycopy(rows.get(row), 0, values, row * width, width);
        }
        return HostTensor.ofFloats(
                name, ElementType.FLOAT32, new long[] {rows.size(), width}, values);
    }
}
