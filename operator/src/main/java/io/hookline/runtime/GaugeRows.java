/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.graph.FeedNames;
import io.hookline.plan.PlannedSignal;
import io.hookline.plan.Structure.Gauge;
import io.hookline.plan.Structure.GaugeKind;
import io.hookline.plan.Structure.Source;
import io.hookline.program.Measure;
import io.hookline.program.Measure.Scalar;
import io.hookline.program.Reference;
import io.hookline.program.SignalDefinition.Pool;
import io.hookline.schema.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The activations that one gauge measures in one pass, and what they are measured with. */
final class GaugeRows {
    /** As the graph visits sites: before edits first. */
    private static final Comparator<Source> IN_ORDER =
            Comparator.comparingInt((Source source) -> source.site().order())
                    .thenComparing(source -> !source.pre())
                    .thenComparing(Source::pooled);

    private final GaugeKind kind;
    private final int width;
    private final Map<Source, Activations> sources = new TreeMap<>(IN_ORDER);
    private final Set<Scalar> scalars = EnumSet.noneOf(Scalar.class);
    private final Numbered<float[]> vectors = new Numbered<>();
    private final Numbered<Reference> references = new Numbered<>();
    private int top;

    /**
     * Where the activations of one signal are in the gauge's output.
     *
     * @param first of them in their source
     * @param vector which product is the signal's, -1 when it needs none
     */
    record At(Activations source, int first, int count, int vector) {}

    /** The activations of one source, each made of one position or the mean of several. */
    static final class Activations {
        private final List<long[]> positions = new ArrayList<>();
        private final List<Integer> references = new ArrayList<>();
        private final Map<Asked, Integer> known = new HashMap<>();
        private int start;

        /** The same positions are picked once, however many signals are made of them. */
        private record Asked(List<Long> flat, int reference) {}

        private int add(long[] flat, boolean pooled, int reference) {
            return known.computeIfAbsent(
                    new Asked(Arrays.stream(flat).boxed().toList(), reference),
                    asked -> append(flat, pooled, reference));
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

    /** Adds a signal over those positions, flat over the batch. */
    At add(PlannedSignal signal, long[] flat) {
        Measure measure = signal.definition().measure();
        boolean pooled = signal.definition().selection().pool() == Pool.MEAN;
        scalars.addAll(measure.scalars());
        int vector = measure.vector(width).map(made -> vectors.of(measure, made)).orElse(-1);
        if (measure instanceof Measure.TopUnits units) {
            top = Math.max(top, units.k());
        }
        int reference =
                measure instanceof Measure.Distance distance
                        ? references.of(measure, distance.reference())
                        : 0;
        Activations source =
                sources.computeIfAbsent(
                        new Source(signal.site(), signal.pre(), pooled), made -> new Activations());
        int first = source.add(flat, pooled, reference);
        return new At(source, first, pooled ? 1 : flat.length, vector);
    }

    /** What is compiled. */
    Gauge gauge() {
        return new Gauge(kind, width, List.copyOf(sources.keySet()), List.copyOf(scalars));
    }

    /** Columns of the output. */
    int columns() {
        return scalars.stream().mapToInt(this::columns).sum();
    }

    /** The column in which a scalar begins. */
    int column(Scalar wanted) {
        return scalars.stream()
                .filter(scalar -> scalar.compareTo(wanted) < 0)
                .mapToInt(this::columns)
                .sum();
    }

    private int columns(Scalar scalar) {
        return switch (scalar) {
            case PRODUCT -> products();
            case TOP -> 2 * top;
            default -> 1;
        };
    }

    /** How many units are there of each activation. */
    int top() {
        return top;
    }

    /** A product with a single vector rounds in another way than one with several. */
    private int products() {
        return Math.max(2, vectors.size());
    }

    /** What the gauge of that index is fed with; settles where each source begins. */
    List<HostTensor> feeds(int gauge) {
        pad();
        List<HostTensor> feeds = new ArrayList<>();
        int start = 0;
        int index = 0;
        for (Map.Entry<Source, Activations> source : sources.entrySet()) {
            source.getValue().start = start;
            start += source.getValue().positions.size();
            addRows(feeds, source, gauge, index++);
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

    private static void addRows(
            List<HostTensor> feeds, Map.Entry<Source, Activations> source, int gauge, int index) {
        List<long[]> groups = source.getValue().positions;
        if (!source.getKey().pooled()) {
            long[] rows = groups.stream().flatMapToLong(Arrays::stream).toArray();
            feeds.add(
                    HostTensor.ofLongs(
                            FeedNames.gaugeRows(gauge, index), new long[] {rows.length}, rows));
            return;
        }
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
                sources.values().stream()
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
