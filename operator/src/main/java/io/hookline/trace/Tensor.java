/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.program.TensorValue;
import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import io.hookline.schema.codec.TensorCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Numbers with a shape, on the heap, kept as 32-bit floats whatever type they came in.
 *
 * <p>What a hook point gives is a promise: its shape is known at once, and the block waits for the
 * numbers only when it looks at them. While the model is still there, {@link #set} on it changes
 * the model's value. After the trace it is gone unless it was {@link #save saved}. In a scan there
 * are shapes and types and no numbers.
 */
public final class Tensor {
    /** Numbers that are shown of a tensor. */
    private static final int SHOWN = 8;

    private final ElementType dtype;
    private final int[] shape;
    private final int[] lengths;
    private float @Nullable [] values;
    private @Nullable Origin origin;
    private boolean saved;

    /** Where a promised tensor comes from. */
    interface Origin {
        /** Returns once the tensor is filled, or fails. */
        void await(Tensor tensor);

        /** Changes the model's value where the tensor came from. */
        void write(Tensor tensor, Selector where, Tensor value);
    }

    Tensor(ElementType dtype, int[] shape, int[] lengths, float @Nullable [] values) {
        this.dtype = Objects.requireNonNull(dtype, "dtype");
        this.shape = shape;
        this.lengths = lengths;
        this.values = values;
        if (values != null && values.length != Shapes.size(shape)) {
            throw new TraceException(
                    ErrorCode.SHAPE_MISMATCH,
                    "shape %s needs %d values, got %d"
                            .formatted(Arrays.toString(shape), Shapes.size(shape), values.length));
        }
    }

    /** A tensor that will be filled. */
    static Tensor promised(ElementType dtype, int[] shape, int[] lengths, Origin origin) {
        Tensor tensor = new Tensor(dtype, shape, lengths, null);
        tensor.origin = origin;
        return tensor;
    }

    /** Numbers in row-major order. */
    public static Tensor of(int[] shape, float... values) {
        return new Tensor(ElementType.FLOAT32, shape.clone(), new int[0], values.clone());
    }

    /** A vector. */
    public static Tensor vector(float... values) {
        return of(new int[] {values.length}, values);
    }

    /** A scalar, which broadcasts to any shape. */
    public static Tensor scalar(double value) {
        return of(new int[0], (float) value);
    }

    /** Zeros. */
    public static Tensor zeros(int... shape) {
        return of(shape, new float[Shapes.size(shape)]);
    }

    /** Tensors one after another along an axis; the other axes are equally long. */
    public static Tensor concat(int axis, List<Tensor> parts) {
        return TensorProducts.concat(axis, parts);
    }

    /** A tensor of a program or of a vectors file. */
    public static Tensor of(TensorValue.Literal literal) {
        return of(literal.shape(), literal.values());
    }

    /** The type it came in. */
    public ElementType dtype() {
        return dtype;
    }

    /** Lengths of the axes; empty for a scalar. Never waits. */
    public int[] shape() {
        return shape.clone();
    }

    /**
     * How many tokens each row has. Where rows differ, they are left-aligned and zeros follow a
     * shorter one, which are ignored when written. Never waits.
     */
    public int[] lengths() {
        return lengths.clone();
    }

    /** Number of elements. Never waits. */
    public int size() {
        return Shapes.size(shape);
    }

    /** Whether there are numbers already, so that looking at them does not wait. */
    public boolean isFilled() {
        return values != null;
    }

    /** Keeps a value of the model beyond its trace, and returns it. */
    public Tensor save() {
        saved = true;
        return this;
    }

    /** Whether it was saved. */
    public boolean isSaved() {
        return saved;
    }

    /** A copy of the numbers, in row-major order. */
    public float[] toFloats() {
        return values().clone();
    }

    /** The numbers as integers, as token ids are. */
    public int[] toInts() {
        float[] from = values();
        int[] to = new int[from.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = Math.round(from[i]);
        }
        return to;
    }

    /** The only element. */
    public float item() {
        if (size() != 1) {
            throw new TraceException(
                    ErrorCode.SHAPE_MISMATCH,
                    "a tensor of shape %s is not a single number"
                            .formatted(Arrays.toString(shape)));
        }
        return values()[0];
    }

    /** The element at those indices. */
    public float get(int... index) {
        int at = 0;
        if (index.length != shape.length) {
            throw new TraceException(
                    ErrorCode.SHAPE_MISMATCH,
                    "%d indices for shape %s".formatted(index.length, Arrays.toString(shape)));
        }
        for (int axis = 0; axis < shape.length; axis++) {
            int i = index[axis] < 0 ? index[axis] + shape[axis] : index[axis];
            if (i < 0 || i >= shape[axis]) {
                throw Shapes.outOfRange("index", List.of(index[axis]), shape[axis]);
            }
            at = at * shape[axis] + i;
        }
        return values()[at];
    }

    /** A tensor of its own with the same numbers, which no later edit reaches. */
    public Tensor copy() {
        return with(shape, valuesOrShape(float[]::clone));
    }

    /** The selected elements; no axis goes away. */
    public Tensor at(Selector selector) {
        Region region = Region.of(selector, shape, lengths);
        int[] indices = region.indices();
        return with(
                region.selectedShape(),
                valuesOrShape(
                        from -> {
                            float[] to = new float[indices.length];
                            for (int i = 0; i < to.length; i++) {
                                to[i] = from[indices[i]];
                            }
                            return to;
                        }));
    }

    /** One row along the first axis, which goes away; negative ones count from the end. */
    public Tensor row(int row) {
        int rows = shape.length == 0 ? 0 : shape[0];
        int index = row < 0 ? row + rows : row;
        if (index < 0 || index >= rows) {
            throw Shapes.outOfRange("row", List.of(row), rows);
        }
        int[] rest = Arrays.copyOfRange(shape, 1, shape.length);
        int stride = Shapes.size(rest);
        return with(
                rest,
                valuesOrShape(
                        from -> Arrays.copyOfRange(from, index * stride, (index + 1) * stride)));
    }

    /** The same numbers with other axes. */
    public Tensor reshape(int... other) {
        return with(other.clone(), valuesOrShape(float[]::clone));
    }

    /** Changes every element, in the model, too, when the tensor is a value of the model. */
    public void set(Tensor value) {
        set(Selector.all(), value);
    }

    /**
     * Changes the selected elements, in the model, too, when the tensor is a value of the model.
     *
     * @param value broadcasts to the selection
     */
    public void set(Selector where, Tensor value) {
        if (origin != null) {
            origin.write(this, where, value);
        } else {
            put(where, value);
        }
    }

    /** Changes the selected elements to one number. */
    public void set(Selector where, double value) {
        set(where, scalar(value));
    }

    /** Changes the selected elements of this tensor alone. */
    void put(Selector where, Tensor value) {
        Region region = Region.of(where, shape, lengths);
        if (!Shapes.fits(value.shape, region.selectedShape())) {
            throw new TraceException(
                    ErrorCode.SHAPE_MISMATCH,
                    "a value of shape %s does not broadcast to %s, which '%s' selects of %s"
                            .formatted(
                                    Arrays.toString(value.shape),
                                    Arrays.toString(region.selectedShape()),
                                    where,
                                    Arrays.toString(shape)));
        }
        float[] to = values;
        float[] from = value.peek();
        if (to != null && from != null) {
            float[] spread = Shapes.broadcast(from, value.shape, region.selectedShape());
            if (where.isAll()) {
                System.arraycopy(spread, 0, to, 0, to.length);
                return;
            }
            int[] indices = region.indices();
            for (int i = 0; i < indices.length; i++) {
                to[indices[i]] = spread[i];
            }
        }
    }

    /** Element by element. */
    public Tensor plus(Tensor other) {
        return combined(other, TensorProducts::plus);
    }

    /** Element by element. */
    public Tensor plus(double other) {
        return plus(scalar(other));
    }

    /** Element by element. */
    public Tensor minus(Tensor other) {
        return combined(other, TensorProducts::minus);
    }

    /** Element by element. */
    public Tensor minus(double other) {
        return minus(scalar(other));
    }

    /** Element by element. */
    public Tensor times(Tensor other) {
        return combined(other, TensorProducts::times);
    }

    /** Element by element. */
    public Tensor times(double other) {
        return times(scalar(other));
    }

    /** Element by element. */
    public Tensor dividedBy(Tensor other) {
        return combined(other, TensorProducts::dividedBy);
    }

    /** Element by element. */
    public Tensor dividedBy(double other) {
        return dividedBy(scalar(other));
    }

    /** What a function makes of each element. */
    public Tensor map(DoubleUnaryOperator function) {
        return with(
                shape,
                valuesOrShape(
                        from -> {
                            float[] to = new float[from.length];
                            for (int i = 0; i < to.length; i++) {
                                to[i] = (float) function.applyAsDouble(from[i]);
                            }
                            return to;
                        }));
    }

    /** Sums of products along the last axis, which goes away; the other is a vector. */
    public Tensor dot(Tensor other) {
        return times(other).along((from, start, width) -> sum(from, start, width));
    }

    /** The product with a matrix of shape {@code [width, k]}. */
    public Tensor matmul(Tensor matrix) {
        return TensorProducts.matmul(this, matrix);
    }

    /** Sum of all elements. */
    public float sum() {
        return (float) sum(values(), 0, size());
    }

    /** Mean of all elements. */
    public float mean() {
        return (float) (sum(values(), 0, size()) / size());
    }

    /** Mean along an axis, which goes away; negative axes count from the end. */
    public Tensor mean(int axis) {
        return TensorProducts.mean(this, axis < 0 ? axis + shape.length : axis);
    }

    /** Euclidean length along the last axis, which goes away. */
    public Tensor norm() {
        return along(
                (from, start, width) -> {
                    double squares = 0;
                    for (int i = start; i < start + width; i++) {
                        squares += (double) from[i] * from[i];
                    }
                    return Math.sqrt(squares);
                });
    }

    /** Largest element. */
    public float max() {
        float max = Float.NEGATIVE_INFINITY;
        for (float value : values()) {
            max = Math.max(max, value);
        }
        return max;
    }

    /** Index of the first of the largest elements along the last axis, which goes away. */
    public Tensor argmax() {
        return along(
                (from, start, width) -> {
                    int best = 0;
                    for (int i = 1; i < width; i++) {
                        best = from[start + i] > from[start + best] ? i : best;
                    }
                    return best;
                });
    }

    /** Indices of the k largest elements along the last axis, largest first: {@code […, k]}. */
    public Tensor topk(int k) {
        return TensorProducts.topk(this, k);
    }

    /** Shares along the last axis that grow with the exponential and add up to 1. */
    public Tensor softmax() {
        return TensorProducts.softmax(this);
    }

    /** The same numbers rounded to a type. */
    public Tensor to(ElementType other) {
        float[] from = peek();
        float[] rounded = from;
        if (from != null) {
            rounded =
                    other.isFloat()
                            ? TensorCodec.decode(
                                    ByteBuffer.wrap(TensorCodec.encode(from, other))
                                            .order(ByteOrder.LITTLE_ENDIAN),
                                    other)
                            : truncated(from);
        }
        return new Tensor(other, shape, lengths, rounded);
    }

    private static float[] truncated(float[] from) {
        float[] to = new float[from.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = (float) (long) from[i];
        }
        return to;
    }

    /** Whether another tensor has the same shape and the same numbers, bit by bit. */
    public boolean sameAs(Tensor other) {
        return Arrays.equals(shape, other.shape) && Arrays.equals(values(), other.values());
    }

    /** The numbers themselves; waits for them. */
    float[] values() {
        float[] found = peek();
        if (found == null) {
            throw new TraceException(
                    ErrorCode.UNSUPPORTED_PROGRAM,
                    "a scan knows shapes and types, there are no numbers to look at");
        }
        return found;
    }

    /** The numbers, null in a scan; waits for them. */
    float @Nullable [] peek() {
        Origin from = origin;
        if (values == null && from != null) {
            from.await(this);
        }
        return values;
    }

    /** Fills a promised tensor; null in a scan. */
    void fill(float @Nullable [] numbers) {
        values = numbers;
    }

    /** Lets go of the model: later changes are this tensor's own. */
    void detach() {
        origin = null;
    }

    /** Replaces where the tensor comes from. */
    void origin(Origin other) {
        origin = other;
    }

    @Nullable Origin origin() {
        return origin;
    }

    /** Forgets the numbers. */
    void release(Origin gone) {
        values = null;
        origin = gone;
    }

    int[] rawShape() {
        return shape;
    }

    int[] rawLengths() {
        return lengths;
    }

    interface OfValues {
        float[] of(float[] from);
    }

    interface Along {
        double of(float[] from, int start, int width);
    }

    /** A loop for each operation, so that each is compiled to vector instructions. */
    private interface OfTwo {
        void of(float[] a, float[] b, float[] to);
    }

    float @Nullable [] valuesOrShape(OfValues function) {
        float[] from = peek();
        return from == null ? null : function.of(from);
    }

    Tensor with(int[] otherShape, float @Nullable [] numbers) {
        boolean sameRows =
                otherShape.length == shape.length
                        && shape.length > 1
                        && otherShape[shape.length - 2] == shape[shape.length - 2];
        return new Tensor(
                ElementType.FLOAT32, otherShape, sameRows ? lengths : new int[0], numbers);
    }

    private Tensor combined(Tensor other, OfTwo function) {
        int[] common = Shapes.common(shape, other.shape);
        float[] mine = peek();
        float[] theirs = other.peek();
        if (mine == null || theirs == null) {
            return with(common, null);
        }
        float[] a = Shapes.broadcast(mine, shape, common);
        float[] b = Shapes.broadcast(theirs, other.shape, common);
        float[] to = new float[a.length];
        function.of(a, b, to);
        return with(common, to);
    }

    private Tensor along(Along function) {
        if (shape.length == 0) {
            throw new TraceException(ErrorCode.SHAPE_MISMATCH, "a scalar has no last axis");
        }
        int width = shape[shape.length - 1];
        int[] rest = Arrays.copyOf(shape, shape.length - 1);
        return with(
                rest,
                valuesOrShape(
                        from -> {
                            float[] to = new float[Shapes.size(rest)];
                            for (int i = 0; i < to.length; i++) {
                                to[i] = (float) function.of(from, i * width, width);
                            }
                            return to;
                        }));
    }

    private static double sum(float[] from, int start, int width) {
        double sum = 0;
        for (int i = start; i < start + width; i++) {
            sum += from[i];
        }
        return sum;
    }

    /** Type, shape and the first numbers, as far as they are there: it never waits for them. */
    @Override
    public String toString() {
        String kind = dtype.wireName() + Arrays.toString(shape);
        float[] numbers = values;
        if (numbers == null || numbers.length == 0) {
            return kind;
        }
        StringBuilder text = new StringBuilder(kind).append(':');
        for (int i = 0; i < Math.min(SHOWN, numbers.length); i++) {
            text.append(' ')
                    .append(
                            dtype.isFloat()
                                    ? String.format(Locale.ROOT, "%.4g", numbers[i])
                                    : String.valueOf((long) numbers[i]));
        }
        return numbers.length > SHOWN ? text.append(" …").toString() : text.toString();
    }
}
