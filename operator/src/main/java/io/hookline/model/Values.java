/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import io.hookline.model.Site.Layout;
import io.hookline.model.TensorShapes.Dimension;
import io.hookline.model.TensorShapes.Extent;
import io.hookline.model.TensorShapes.TensorShape;
import io.hookline.schema.ElementType;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which tensors carry a value that can be hooked, and how they lie. */
final class Values {
    /** Float companions of quantised tensors. */
    private static final Pattern QUANTIZED = Pattern.compile(".*_(quantized|scale|zero_point)");

    private final TensorShapes shapes;

    Values(TensorShapes shapes) {
        this.shapes = shapes;
    }

    /**
     * A tensor that carries hidden states.
     *
     * @param width length of the last axis; of attention, the number of heads
     */
    record Value(String tensor, ElementType dtype, Layout layout, int width) {
        boolean hasTokens() {
            return layout != Layout.POOLED;
        }
    }

    /** The tensor as a value, unless it isn't one. */
    Optional<Value> of(String tensor) {
        if (QUANTIZED.matcher(tensor).matches()) {
            return Optional.empty();
        }
        return shapes.of(tensor)
                .filter(shape -> shape.dtype().isFloat())
                .flatMap(shape -> value(tensor, shape));
    }

    /** The tensor as attention probabilities, unless it isn't such. */
    Optional<Value> attention(String tensor) {
        return shapes.of(tensor)
                .filter(shape -> shape.dtype().isFloat())
                .filter(shape -> shape.dimensions().size() == 4)
                .filter(shape -> counts(shape, 0, Extent.BATCH))
                .filter(shape -> counts(shape, 2, Extent.TOKENS))
                .filter(shape -> counts(shape, 3, Extent.KEYS) || counts(shape, 3, Extent.TOKENS))
                .flatMap(
                        shape ->
                                fixed(shape, 1)
                                        .map(
                                                heads ->
                                                        new Value(
                                                                tensor,
                                                                shape.dtype(),
                                                                Layout.ATTENTION,
                                                                heads)));
    }

    /** Whether the tensor holds hidden states split by head, {@code [batch, tokens, heads, _]}. */
    boolean isHeads(String tensor) {
        return shapes.of(tensor)
                .filter(shape -> shape.dtype().isFloat())
                .filter(shape -> shape.dimensions().size() == 4)
                .filter(shape -> counts(shape, 0, Extent.BATCH))
                .filter(shape -> counts(shape, 1, Extent.TOKENS))
                .isPresent();
    }

    /** Whether the tensor holds hidden states split by head, with tokens before or behind heads. */
    boolean isByHead(String tensor) {
        return shapes.of(tensor)
                .filter(shape -> shape.dtype().isFloat())
                .filter(shape -> shape.dimensions().size() == 4)
                .filter(shape -> counts(shape, 0, Extent.BATCH))
                .filter(shape -> counts(shape, 1, Extent.TOKENS) || counts(shape, 2, Extent.TOKENS))
                .flatMap(shape -> fixed(shape, 3))
                .isPresent();
    }

    private static Optional<Value> value(String tensor, TensorShape shape) {
        List<Dimension> dimensions = shape.dimensions();
        return layout(shape)
                .flatMap(
                        layout ->
                                fixed(shape, dimensions.size() - 1)
                                        .map(
                                                width ->
                                                        new Value(
                                                                tensor,
                                                                shape.dtype(),
                                                                layout,
                                                                width)));
    }

    private static Optional<Layout> layout(TensorShape shape) {
        int rank = shape.dimensions().size();
        if (rank == 3 && counts(shape, 0, Extent.BATCH) && counts(shape, 1, Extent.TOKENS)) {
            return Optional.of(Layout.SEQUENCE);
        }
        if (rank == 2 && counts(shape, 0, Extent.ROWS)) {
            return Optional.of(Layout.FLAT);
        }
        return rank == 2 && counts(shape, 0, Extent.BATCH)
                ? Optional.of(Layout.POOLED)
                : Optional.empty();
    }

    private static boolean counts(TensorShape shape, int axis, Extent extent) {
        return shape.dimensions().get(axis) instanceof Dimension.Varies varies
                && varies.extent() == extent;
    }

    private static Optional<Integer> fixed(TensorShape shape, int axis) {
        return shape.dimensions().get(axis) instanceof Dimension.Fixed fixed
                ? Optional.of((int) fixed.length())
                : Optional.empty();
    }
}
