/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.ElementType;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Arithmetic of tensors. */
class TensorTest {
    private static final Tensor MATRIX = Tensor.of(new int[] {2, 3}, 1, 2, 3, 4, 5, 6);

    @Test
    void elements_ofBroadcastTensors_areCombined() {
        assertThat(MATRIX.plus(Tensor.vector(10, 20, 30)).toFloats())
                .containsExactly(11, 22, 33, 14, 25, 36);
        assertThat(MATRIX.minus(Tensor.of(new int[] {2, 1}, 1, 4)).toFloats())
                .containsExactly(0, 1, 2, 0, 1, 2);
        assertThat(MATRIX.times(2).toFloats()).containsExactly(2, 4, 6, 8, 10, 12);
        assertThat(MATRIX.dividedBy(Tensor.scalar(2)).get(1, 2)).isEqualTo(3);
        assertThat(Tensor.vector(1, 2).plus(Tensor.of(new int[] {2, 1}, 10, 20)).shape())
                .containsExactly(2, 2);
        assertThatThrownBy(() -> MATRIX.plus(Tensor.vector(1, 2)))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("[2, 3] and [2] do not broadcast");
    }

    @Test
    void reductions_goAlongTheLastAxis() {
        assertThat(MATRIX.dot(Tensor.vector(1, 0, -1)).toFloats()).containsExactly(-2, -2);
        assertThat(Tensor.of(new int[] {1, 2}, 3, 4).norm().toFloats()).containsExactly(5);
        assertThat(MATRIX.argmax().toInts()).containsExactly(2, 2);
        assertThat(MATRIX.mean()).isEqualTo(3.5f);
        assertThat(MATRIX.mean(0).toFloats()).containsExactly(2.5f, 3.5f, 4.5f);
        assertThat(MATRIX.mean(-1).toFloats()).containsExactly(2, 5);
        assertThat(MATRIX.sum()).isEqualTo(21);
        assertThat(MATRIX.max()).isEqualTo(6);
        Tensor shares = MATRIX.softmax();
        assertThat(shares.row(0).sum()).isCloseTo(1, Offset.offset(1e-6f));
        assertThat(shares.get(0, 2)).isGreaterThan(shares.get(0, 1));
    }

    @Test
    void scalars_areTakenAwayAndDividedBy() {
        assertThat(MATRIX.minus(1).dividedBy(2).toFloats())
                .containsExactly(0, .5f, 1, 1.5f, 2, 2.5f);
        assertThat(Tensor.scalar(1).plus(MATRIX).toFloats()).containsExactly(2, 3, 4, 5, 6, 7);
        assertThat(MATRIX.plus(Tensor.of(new int[] {1, 1, 3}, 1, 0, 1)).shape())
                .containsExactly(1, 2, 3);
        assertThat(MATRIX.row(-1).toFloats()).containsExactly(4, 5, 6);
        assertThatThrownBy(() -> MATRIX.row(2))
                .isInstanceOf(TraceException.class)
                .hasMessage("row 2 is out of range, allowed are -2 to 1");
    }

    @Test
    void largestElements_areListedLargestFirst() {
        Tensor tensor = Tensor.of(new int[] {2, 3}, 1, 3, 2, 5, 5, 9);

        assertThat(tensor.topk(2).shape()).containsExactly(2, 2);
        assertThat(tensor.topk(2).toInts()).containsExactly(1, 2, 2, 0);
        assertThatThrownBy(() -> tensor.topk(4))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("no 4 largest of 3");
    }

    @Test
    void tensors_putTogether_lieOneAfterAnotherAlongTheAxis() {
        Tensor more = Tensor.of(new int[] {2, 1}, 7, 8);

        assertThat(Tensor.concat(1, List.of(MATRIX, more)).toFloats())
                .containsExactly(1, 2, 3, 7, 4, 5, 6, 8);
        assertThat(Tensor.concat(-2, List.of(MATRIX, MATRIX)).shape()).containsExactly(4, 3);
        assertThatThrownBy(() -> Tensor.concat(0, List.of(MATRIX, more)))
                .isInstanceOf(TraceException.class)
                .hasMessage("shapes [2, 3] and [2, 1] can't be put together along axis 0");
        assertThatThrownBy(() -> Tensor.concat(2, List.of(MATRIX)))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("axis 2 is out of range");
    }

    @Test
    void product_withAMatrix_hasItsColumns() {
        Tensor product = MATRIX.matmul(Tensor.of(new int[] {3, 2}, 1, 0, 0, 1, 1, 1));

        assertThat(product.shape()).containsExactly(2, 2);
        assertThat(product.toFloats()).containsExactly(4, 5, 10, 11);
        assertThatThrownBy(() -> MATRIX.matmul(MATRIX))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("no product");
    }

    @Test
    void selection_takenAndSet_isOfPositionsAndUnits() {
        Tensor tensor = Tensor.of(new int[] {1, 3, 2}, 1, 2, 3, 4, 5, 6);

        assertThat(tensor.at(Selector.last()).toFloats()).containsExactly(5, 6);
        assertThat(tensor.at(Selector.positions(-1, 0)).toFloats()).containsExactly(5, 6, 1, 2);
        assertThat(tensor.at(Selector.range(1, 9).andUnits(1)).toFloats()).containsExactly(4, 6);
        assertThat(tensor.at(Selector.from(1)).toFloats()).containsExactly(3, 4, 5, 6);
        assertThat(tensor.at(Selector.until(-1)).toFloats()).containsExactly(1, 2, 3, 4);
        assertThat(tensor.at(Selector.unitRange(1, 2)).toFloats()).containsExactly(2, 4, 6);
        tensor.set(Selector.first(), 0);
        tensor.set(Selector.last().andUnitRange(0, 1), Tensor.scalar(9));
        assertThat(tensor.toFloats()).containsExactly(0, 0, 3, 4, 9, 6);
        assertThatThrownBy(() -> tensor.at(Selector.positions(3)))
                .isInstanceOf(TraceException.class)
                .hasMessage("position 3 is out of range, allowed are -3 to 2");
        assertThatThrownBy(() -> tensor.at(Selector.units(-3)))
                .isInstanceOf(TraceException.class)
                .hasMessage("unit -3 is out of range, allowed are -2 to 1");
        assertThatThrownBy(() -> tensor.set(Selector.last(), Tensor.zeros(2, 2)))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("does not broadcast to [1, 1, 2]");
    }

    @Test
    void copy_ofATensor_isItsOwn() {
        Tensor copy = MATRIX.copy();
        copy.set(Tensor.scalar(0));

        assertThat(MATRIX.max()).isEqualTo(6);
        assertThat(copy.sameAs(Tensor.zeros(2, 3))).isTrue();
        assertThat(MATRIX.reshape(3, 2).get(-1, 0)).isEqualTo(5);
        assertThat(Tensor.vector(1.0001f).to(ElementType.FLOAT16).item()).isEqualTo(1);
        assertThat(Tensor.vector(2.7f).to(ElementType.INT64).item()).isEqualTo(2);
        assertThatThrownBy(MATRIX::item).isInstanceOf(TraceException.class);
        assertThatThrownBy(() -> Tensor.of(new int[] {2}, 1))
                .isInstanceOf(TraceException.class)
                .hasMessage("shape [2] needs 2 values, got 1");
    }

    @Test
    void tensor_asText_isItsTypeItsShapeAndItsFirstNumbers() {
        assertThat(Tensor.vector(1, -0.5f)).hasToString("float32[2]: 1.000 -0.5000");
        assertThat(Tensor.zeros(3, 4).toString()).startsWith("float32[3, 4]: ").endsWith(" …");
        assertThat(Tensor.of(new int[] {0, 4})).hasToString("float32[0, 4]");
    }
}
