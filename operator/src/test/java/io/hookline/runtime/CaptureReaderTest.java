/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.graph.FeedNames;
import io.hookline.plan.TestPlans;
import io.hookline.runtime.PassEngine.Output;
import io.hookline.schema.ElementType;
import io.hookline.schema.codec.TensorCodec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What taps are fed with, and whose each part of their outputs is. */
final class CaptureReaderTest {
    private static final String PROGRAM =
            "{'invocations': [{'tokens': [1, 2]}, {'tokens': [1, 2, 3]}], 'cache': [{'modules': ['model.model.layers.1'], %s}]}";

    private static long[] longs(LoweredPass pass, String name) {
        HostTensor tensor =
                pass.feeds().stream()
                        .filter(feed -> feed.name().equals(name))
                        .findFirst()
                        .orElseThrow();
        long[] values = new long[tensor.data().capacity() / Long.BYTES];
        tensor.data().asLongBuffer().get(values);
        return values;
    }

    private static Output output(long[] shape) {
        int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        ByteBuffer data = ByteBuffer.allocate(size * 4).order(ByteOrder.LITTLE_ENDIAN);
        IntStream.range(0, size).forEach(i -> data.putFloat(i * 4, i));
        return new Output(shape, data);
    }

    private static List<RowOutcome> read(String policy, long... shape) {
        List<ActiveRow> rows = Lowered.rows(PROGRAM.formatted(policy));
        Pass pass = Pass.whole(rows, false);
        new CaptureReader(pass, true).read(PassLowering.lower(pass).taps(), List.of(output(shape)));
        return rows.stream().map(row -> row.outcome(tokens -> "")).toList();
    }

    private static float[] values(Capture capture) {
        return TensorCodec.decode(capture.data(), ElementType.FLOAT32);
    }

    @Test
    void feeds_ofSelectedPositions_areFlatWithoutPadding() {
        assertThat(
                        longs(
                                Lowered.first(
                                        TestPlans.TICKETLM, PROGRAM.formatted("'tokens': [0, -1]")),
                                FeedNames.tapRows(0)))
                .containsExactly(0, 1, 3, 5);
        assertThat(
                        longs(
                                Lowered.first(
                                        TestPlans.TICKETLM, PROGRAM.formatted("'tokens': [-1, 0]")),
                                FeedNames.tapRows(0)))
                .containsExactly(1, 0, 5, 3);
    }

    @Test
    void feeds_ofAProjectedSinglePosition_haveItTwice() {
        String program =
                "{'invocations': [{'tokens': [1, 2]}], 'cache': [{'modules': ['model.model.layers.1'], 'tokens': 'last', 'reduce': {'project': [%s]}}]}"
                        .formatted(Arrays.toString(new int[128]));
        assertThat(longs(Lowered.first(TestPlans.TICKETLM, program), FeedNames.tapRows(0)))
                .containsExactly(1, 1);
    }

    @Test
    void read_rowsOfOneTap_getTheirOwnPositions() {
        List<RowOutcome> rows = read("'units': [0, 1]", 5, 2);
        assertThat(values(rows.get(0).captures().get(0))).containsExactly(0, 1, 2, 3);
        assertThat(rows.get(0).captures().get(0).shape()).containsExactly(2, 2);
        assertThat(values(rows.get(1).captures().get(0))).containsExactly(4, 5, 6, 7, 8, 9);
        assertThat(rows.get(1).captures().get(0).shape()).containsExactly(3, 2);
        assertThat(rows.get(1).captures().get(0).tokens()).containsExactly(0, 1, 2);
    }

    @Test
    void read_valueThatLeavesWhole_isCutByRowsWithoutPadding() {
        List<RowOutcome> rows = read("'tokens': 'all'", 2, 3, 128);
        float[] second = values(rows.get(1).captures().get(0));
        assertThat(values(rows.get(0).captures().get(0))).hasSize(2 * 128).startsWith(0, 1, 2);
        assertThat(second).hasSize(3 * 128).startsWith(3 * 128, 3 * 128 + 1);
        assertThat(second[second.length - 1]).isEqualTo(6 * 128 - 1);
    }

    @Test
    void taps_ofNeighbouringPositions_leaveWholeWhereTheyAreMost() {
        assertThat(isWhole("'tokens': 'all'")).isTrue();
        assertThat(isWhole("'tokens': '0:2'")).isTrue();
        assertThat(isWhole("'tokens': 'last'")).isFalse();
        assertThat(isWhole("'tokens': [1, 0]")).isFalse();
        assertThat(isWhole("'units': [0, 1]")).isFalse();
    }

    private static boolean isWhole(String policy) {
        return Lowered.first(TestPlans.TICKETLM, PROGRAM.formatted(policy))
                .structure()
                .taps()
                .get(0)
                .whole();
    }

    @Test
    void structures_ofTapsAskedForInAnotherOrder_areEqual() {
        String program =
                "{'invocations': [{'tokens': [1, 2], 'cache': [%s]}, {'tokens': [3, 4], 'cache': [%s]}]}";
        String half = "{'modules': ['model.model.layers.1'], 'dtype': 'float16'}";
        String full = "{'modules': ['model.model.layers.1']}";
        assertThat(Lowered.first(TestPlans.TICKETLM, program.formatted(half, full)).structure())
                .isEqualTo(
                        Lowered.first(TestPlans.TICKETLM, program.formatted(full, half))
                                .structure());
    }

    @Test
    void read_means_areOneForEachRow() {
        List<RowOutcome> rows = read("'units': [0, 1], 'reduce': 'mean'", 2, 2);
        assertThat(values(rows.get(0).captures().get(0))).containsExactly(0, 1);
        assertThat(values(rows.get(1).captures().get(0))).containsExactly(2, 3);
        assertThat(rows.get(1).captures().get(0).shape()).containsExactly(2);
    }

    @Test
    void lensValues_rowsOfLogitsAndIds_becomeTwoCaptures() {
        List<RowOutcome> rows = read("'reduce': {'lens': 2}, 'tokens': 'last'", 2, 4);
        List<Capture> lens = rows.get(1).captures();
        assertThat(lens).extracting(capture -> capture.point().index()).containsExactly(0, 1);
        assertThat(values(lens.get(0))).containsExactly(4, 5);
        assertThat(lens.get(1).data().order(ByteOrder.LITTLE_ENDIAN).getLong(8)).isEqualTo(7);
        assertThat(lens.get(1).shape()).containsExactly(1, 2);
    }
}
