/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static io.hookline.graph.GraphEditor.integer;
import static io.hookline.graph.GraphEditor.integerList;

import io.hookline.model.Site;
import io.hookline.plan.EditKind;
import io.hookline.plan.Structure.Slot;
import io.hookline.schema.ElementType;
import java.util.List;

/**
 * The nodes of one gated edit: {@code Where(gate, f(h), h)}, so that what is not gated keeps its
 * bits. A factor of zero would not do: it makes NaN of infinity and drops the sign of zero.
 */
final class EditNodes {
    private final GraphEditor graph;
    private final Site site;
    private final int slot;

    EditNodes(GraphEditor graph, Site site, int slot) {
        this.graph = graph;
        this.site = site;
        this.slot = slot;
    }

    /**
     * Adds the nodes.
     *
     * @param h the value so far
     * @param source the value at the slot's source; h where it has none
     * @return the edited value, laid out as h
     */
    String edited(Slot edit, String h, String source) {
        if (edit.everywhere()) {
            return edit.kind() == EditKind.FROM_INPUT ? gathered(spread(edit, source)) : expanded();
        }
        String spread = spread(h);
        String gate = graph.input(FeedNames.gate(slot), ElementType.BOOL);
        String made =
                switch (edit.kind()) {
                    case PUT -> value();
                    case PLUS -> graph.node("Add", List.of(spread, value()));
                    case TIMES -> graph.node("Mul", List.of(spread, value()));
                    case LIMIT -> limited(spread);
                    case WITHOUT -> without(spread);
                    case BLEND -> blended(spread);
                    case OWN_MEAN -> ownMean(spread);
                    case FROM_ROW -> fromRow(spread(edit, source));
                    case FROM_INPUT -> spread(edit, source);
                    case CALL -> throw new IllegalStateException("code is no part of a graph");
                };
        return gathered(graph.node("Where", List.of(gate, made, spread)));
    }

    /** The operand at every position, without a look at the value that it replaces. */
    private String expanded() {
        String shape = shared(FeedNames.shapeOfWidth(site.width()));
        return gathered(graph.node("Expand", List.of(value(), shape)));
    }

    private String value() {
        return graph.input(FeedNames.value(slot), site.dtype());
    }

    private String limited(String h) {
        String high = graph.input(FeedNames.high(slot), site.dtype());
        return graph.node("Min", List.of(graph.node("Max", List.of(h, value())), high));
    }

    private String without(String h) {
        String direction = value();
        String along =
                graph.reduce("ReduceSum", graph.node("Mul", List.of(h, direction)), -1, true);
        return graph.node("Sub", List.of(h, graph.node("Mul", List.of(along, direction))));
    }

    private String blended(String h) {
        String keep = graph.input(FeedNames.keep(slot), site.dtype());
        return graph.node("Add", List.of(graph.node("Mul", List.of(h, keep)), value()));
    }

    /**
     * The weighted sum over positions, as a product: a sum over an axis adds up in another order
     * when the batch has one row.
     */
    private String ownMean(String h) {
        return graph.node("MatMul", List.of(value(), h));
    }

    private String fromRow(String source) {
        String rows = graph.input(FeedNames.rows(slot), ElementType.INT64);
        boolean attention = site.layout() == Site.Layout.ATTENTION;
        String byToken =
                attention
                        ? graph.node("Transpose", List.of(source), integerList("perm", 0, 2, 1, 3))
                        : source;
        String flat = graph.node("Flatten", List.of(byToken), integer("axis", 2));
        String picked = graph.node("Gather", List.of(flat, rows), integer("axis", 0));
        if (!attention) {
            return picked;
        }
        String shape = graph.input(FeedNames.attentionShape(slot), ElementType.INT64);
        String split = graph.node("Reshape", List.of(picked, shape));
        return graph.node("Transpose", List.of(split), integerList("perm", 0, 2, 1, 3));
    }

    /** The value with a batch and a tokens axis. */
    private String spread(String h) {
        return spread(site.layout(), h);
    }

    /** The value at the source of an edit with a batch and a tokens axis. */
    private String spread(Slot edit, String h) {
        return spread(edit.source().orElse(site).layout(), h);
    }

    private String spread(Site.Layout layout, String h) {
        return switch (layout) {
            case SEQUENCE, ATTENTION -> h;
            case FLAT -> graph.node("Reshape", List.of(h, shared(FeedNames.SHAPE)));
            case POOLED -> graph.node("Reshape", List.of(h, shared(FeedNames.ONE_TOKEN_SHAPE)));
        };
    }

    /** The value laid out as in the model again. */
    private String gathered(String h) {
        return switch (site.layout()) {
            case SEQUENCE, ATTENTION -> h;
            case FLAT -> graph.node("Flatten", List.of(h), integer("axis", 2));
            case POOLED -> graph.node("Reshape", List.of(h, shared(FeedNames.POOLED_SHAPE)));
        };
    }

    private String shared(String name) {
        boolean declared = graph.inputs().stream().anyMatch(input -> input.getName().equals(name));
        return declared ? name : graph.input(name, ElementType.INT64);
    }
}
