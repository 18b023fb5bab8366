/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static io.hookline.graph.GraphEditor.integer;

import io.hookline.model.OnnxTypes;
import io.hookline.model.Site;
import io.hookline.plan.Structure.Gauge;
import io.hookline.plan.Structure.GaugeKind;
import io.hookline.plan.Structure.Source;
import io.hookline.program.Measure.Scalar;
import io.hookline.schema.ElementType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The nodes of one gauge. Every source's activations are picked as soon as they are there; all of
 * them together, one below the other, then go through the reductions, so that these cost a few
 * small nodes for a whole model.
 */
final class GaugeNodes {
    private final GraphEditor graph;
    private final Gauge gauge;
    private final int index;
    private final List<String> before = new ArrayList<>();
    private final List<String> picked = new ArrayList<>();
    private final Set<String> declared = new HashSet<>();

    GaugeNodes(GraphEditor graph, Gauge gauge, int index) {
        this.graph = graph;
        this.gauge = gauge;
        this.index = index;
    }

    /**
     * Picks what is measured at a site.
     *
     * @param pre whether the value is that before the site's edits
     */
    void visit(Site site, boolean pre, String value) {
        for (Source source : gauge.sources()) {
            if (source.site().equals(site) && gauge.kind() == GaugeKind.CHANGE && pre) {
                before.add(pick(source, value));
            } else if (source.site().equals(site) && source.pre() == pre) {
                picked.add(pick(source, value));
            }
        }
    }

    /** Adds the reductions and returns the gauge's output. */
    String finish() {
        String values = together(picked);
        List<String> columns =
                switch (gauge.kind()) {
                    case VALUE -> ofValues(values);
                    case DISTANCE -> List.of(distance(values));
                    case CHANGE -> ofChange(together(before), values);
                };
        String output = FeedNames.gaugeOutput(index);
        return columns.size() == 1
                ? graph.node(output, "Identity", columns)
                : graph.node(output, "Concat", columns, integer("axis", 1));
    }

    /** {@code [n, width]} as float32: in half precision a sum of squares soon has no number. */
    private String pick(Source source, String value) {
        Site site = source.site();
        String rows = fed(FeedNames.gaugeRows(index, source.rows()), ElementType.INT64);
        String flat = TapNodes.flat(graph, site, value);
        String some = graph.node("Gather", List.of(flat, rows), integer("axis", 0));
        String floats =
                site.dtype() == ElementType.FLOAT32 ? some : cast(some, ElementType.FLOAT32);
        return source.pooled() ? mean(source, floats) : floats;
    }

    /** A product, as every mean over positions: a sum would add up in another order for one. */
    private String mean(Source source, String values) {
        String weights = fed(FeedNames.gaugeWeights(index, source.rows()), ElementType.FLOAT32);
        String means = graph.node("MatMul", List.of(weights, values));
        return graph.node("Flatten", List.of(means), integer("axis", 2));
    }

    /** An input, declared when it is read first. */
    private String fed(String name, ElementType dtype) {
        return declared.add(name) ? graph.input(name, dtype) : name;
    }

    private String together(List<String> values) {
        return values.size() == 1
                ? values.get(0)
                : graph.node("Concat", values, integer("axis", 0));
    }

    private List<String> ofValues(String values) {
        List<String> columns = new ArrayList<>();
        for (Scalar scalar : gauge.scalars()) {
            switch (scalar) {
                case NORM -> columns.add(norm(values));
                case MAX_ABS ->
                        columns.add(
                                graph.reduce(
                                        "ReduceMax", graph.node("Abs", List.of(values)), -1, true));
                case NON_FINITE -> columns.add(nonFinite(values));
                case PRODUCT ->
                        columns.add(
                                product(
                                        values,
                                        graph.input(
                                                FeedNames.gaugeVectors(index),
                                                ElementType.FLOAT32)));
                case TOP -> columns.addAll(top(values));
                default -> throw new IllegalArgumentException(scalar + " is none of a value");
            }
        }
        return columns;
    }

    private String norm(String values) {
        return graph.reduce("ReduceL2", values, -1, true);
    }

    /** What is not finite is not zero, but no number, after it was taken from itself. */
    private String nonFinite(String values) {
        String difference = graph.node("Sub", List.of(values, values));
        String wrong = cast(graph.node("IsNaN", List.of(difference)), ElementType.FLOAT32);
        return graph.reduce("ReduceSum", wrong, -1, true);
    }

    /** {@code [n, width]} times {@code [vectors, width]}, the second one transposed. */
    private String product(String values, String vectors) {
        return graph.node("Gemm", List.of(values, vectors), integer("transB", 1));
    }

    /** The largest units, and then which they are, as numbers. */
    private List<String> top(String values) {
        String k = graph.input(FeedNames.gaugeTop(index), ElementType.INT64);
        List<String> top = graph.nodes("TopK", List.of(values, k), 2);
        return List.of(top.get(0), cast(top.get(1), ElementType.FLOAT32));
    }

    private String distance(String values) {
        String which = graph.input(FeedNames.gaugeReferences(index), ElementType.INT64);
        String centred =
                graph.node("Sub", List.of(values, ofEach(FeedNames.gaugeMeans(index), which)));
        String scaled =
                graph.node("Mul", List.of(centred, ofEach(FeedNames.gaugeScales(index), which)));
        String basis = graph.input(FeedNames.gaugeBasis(index), ElementType.FLOAT32);
        String along = product(scaled, basis);
        String surplus =
                graph.node("Mul", List.of(along, ofEach(FeedNames.gaugeShrink(index), which)));
        String taken = graph.node("MatMul", List.of(surplus, basis));
        return norm(graph.node("Sub", List.of(scaled, taken)));
    }

    private String ofEach(String table, String which) {
        graph.input(table, ElementType.FLOAT32);
        return graph.node("Gather", List.of(table, which), integer("axis", 0));
    }

    private List<String> ofChange(String old, String changed) {
        List<String> columns = new ArrayList<>();
        for (Scalar scalar : gauge.scalars()) {
            columns.add(
                    switch (scalar) {
                        case CHANGE -> norm(graph.node("Sub", List.of(changed, old)));
                        case NORM_BEFORE -> norm(old);
                        case NORM_AFTER -> norm(changed);
                        case PRODUCT_OF_BOTH ->
                                graph.reduce(
                                        "ReduceSum",
                                        graph.node("Mul", List.of(old, changed)),
                                        -1,
                                        true);
                        default ->
                                throw new IllegalArgumentException(scalar + " is none of a change");
                    });
        }
        return columns;
    }

    private String cast(String value, ElementType to) {
        return graph.node("Cast", List.of(value), integer("to", OnnxTypes.number(to)));
    }
}
