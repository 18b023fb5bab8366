/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import io.hookline.schema.ElementType;
import java.util.List;

/**
 * One visit of a hook point, found in the graph: the tensor that carries the value, and who reads
 * it.
 *
 * @param visit counts the module's calls within one forward pass, 0 unless it is called several
 *     times
 * @param order rank in forward order over all sites of the model: an outer module's input before
 *     its inner modules, an inner module's output before the outer one's
 * @param width length of the last axis; of attention, the number of heads
 * @param edges the reads that an edit at this site redirects: of an output those outside the
 *     module, of an input those inside
 * @param graphOutputs the graph outputs that an edit at this site redirects
 */
public record Site(
        HookPoint point,
        int visit,
        int order,
        String tensor,
        ElementType dtype,
        Layout layout,
        int width,
        List<ModelGraph.Edge> edges,
        List<String> graphOutputs) {
    public Site {
        edges = List.copyOf(edges);
        graphOutputs = List.copyOf(graphOutputs);
    }

    /** The same at another hook point. */
    Site at(HookPoint other) {
        return new Site(other, visit, order, tensor, dtype, layout, width, edges, graphOutputs);
    }

    /** The same at another place in forward order. */
    Site ranked(int other) {
        return new Site(point, visit, other, tensor, dtype, layout, width, edges, graphOutputs);
    }

    /** How batch and tokens lie in the tensor. */
    public enum Layout {
        /** {@code [batch, tokens, width]}. */
        SEQUENCE,
        /** {@code [batch × tokens, width]}. */
        FLAT,
        /** {@code [batch, heads, tokens, keys]}. */
        ATTENTION,
        /**
         * Without a tokens axis, e.g. a pooled {@code [batch, width]}: readable whole, not editable
         * by token.
         */
        POOLED;

        /**
         * Whether values of the other layout are the same positions, so that they can be put here.
         */
        public boolean holds(Layout other) {
            return this == other || (isByToken() && other.isByToken());
        }

        private boolean isByToken() {
            return this == SEQUENCE || this == FLAT;
        }
    }

    /** Sites of one model are equal when they are the same visit of the same hook point. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Site that
                && order == that.order
                && visit == that.visit
                && point.equals(that.point);
    }

    @Override
    public int hashCode() {
        return 31 * order + point.hashCode();
    }
}
