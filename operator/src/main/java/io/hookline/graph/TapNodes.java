/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static io.hookline.graph.GraphEditor.integer;
import static io.hookline.graph.GraphEditor.integerList;

import io.hookline.model.OnnxTypes;
import io.hookline.model.Site;
import io.hookline.plan.Structure.Pooling;
import io.hookline.plan.Structure.Tap;
import io.hookline.schema.ElementType;
import java.util.List;

/**
 * The nodes of one tap: select, pool and cast in the graph, so that only what is wanted leaves it.
 */
final class TapNodes {
    private final GraphEditor graph;
    private final int index;

    TapNodes(GraphEditor graph, int index) {
        this.graph = graph;
        this.index = index;
    }

    /**
     * Adds the nodes; the tap's output is {@link FeedNames#tapOutput}.
     *
     * @param value what is tapped, laid out as the site says
     */
    void add(Tap tap, String value, CanonicalGraph canonical) {
        String selected = tap.whole() ? value : selected(tap, value);
        String some = tap.units().isEmpty() ? selected : units(tap, selected);
        String pooled =
                tap.pooling() == Pooling.LENS
                        ? new LensNodes(graph, canonical).likeliest(some, tap.likeliest(), index)
                        : pooled(tap, some);
        // The identity keeps a fusion that ends in the tapped tensor from being undone by the
        // output.
        if (tap.dtype() == tap.site().dtype() || tap.pooling() == Pooling.LENS) {
            graph.node(FeedNames.tapOutput(index), "Identity", List.of(pooled));
        } else {
            graph.node(
                    FeedNames.tapOutput(index),
                    "Cast",
                    List.of(pooled),
                    integer("to", OnnxTypes.number(tap.dtype())));
        }
    }

    private String selected(Tap tap, String value) {
        String rows = graph.input(FeedNames.tapRows(index), ElementType.INT64);
        return graph.node(
                "Gather", List.of(flat(graph, tap.site(), value), rows), integer("axis", 0));
    }

    /** The value as {@code [batch × tokens, …]}. */
    static String flat(GraphEditor graph, Site site, String value) {
        return switch (site.layout()) {
            case FLAT, POOLED -> value;
            case SEQUENCE -> graph.node("Flatten", List.of(value), integer("axis", 2));
            case ATTENTION ->
                    graph.node(
                            "Flatten",
                            List.of(
                                    graph.node(
                                            "Transpose",
                                            List.of(value),
                                            integerList("perm", 0, 2, 1, 3))),
                            integer("axis", 2));
        };
    }

    private String units(Tap tap, String selected) {
        String units = graph.integers(tap.units().stream().mapToLong(Integer::longValue).toArray());
        return graph.node("Gather", List.of(selected, units), integer("axis", -1));
    }

    private String pooled(Tap tap, String value) {
        ElementType dtype = tap.site().dtype();
        return switch (tap.pooling()) {
            case NONE, LENS -> value;
            case NORM -> graph.reduce("ReduceL2", value, -1, false);
            case PROJECT ->
                    graph.node(
                            "MatMul",
                            List.of(value, graph.input(FeedNames.tapMatrix(index), dtype)));
            case MAX -> graph.reduce("ReduceMax", value, 1, false);
            // A product, since a sum over an axis adds up in another order for a single group.
            case MEAN -> {
                String weights = graph.input(FeedNames.tapWeights(index), dtype);
                String mean = graph.node("MatMul", List.of(weights, value));
                yield graph.node("Flatten", List.of(mean), integer("axis", 2));
            }
        };
    }
}
