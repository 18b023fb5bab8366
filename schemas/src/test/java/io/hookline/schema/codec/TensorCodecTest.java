/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.ElementType;
import io.hookline.schema.TensorPayload;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorCodecTest {
    @Test
    void encode_one_hasTheKnownBytes() {
        assertThat(hex(TensorCodec.encode(new float[] {1}, ElementType.FLOAT32)))
                .isEqualTo("0000803f");
        assertThat(hex(TensorCodec.encode(new float[] {1}, ElementType.FLOAT16))).isEqualTo("003c");
        assertThat(hex(TensorCodec.encode(new float[] {1}, ElementType.BFLOAT16)))
                .isEqualTo("803f");
        assertThat(hex(TensorCodec.encode(new float[] {1}, ElementType.FLOAT64)))
                .isEqualTo("000000000000f03f");
        assertThat(hex(TensorCodec.encode(new int[] {258}))).isEqualTo("02010000");
    }

    @Test
    void decode_integers_areFloats() {
        assertThat(decode("ff80", ElementType.INT8)).containsExactly(-1, -128);
        assertThat(decode("ff80", ElementType.UINT8)).containsExactly(255, 128);
        assertThat(decode("0100", ElementType.BOOL)).containsExactly(1, 0);
        assertThat(decode("feffffff", ElementType.INT32)).containsExactly(-2);
        assertThat(decode("feffffffffffffff", ElementType.INT64)).containsExactly(-2);
    }

    @Test
    void decode_partOfABuffer_leavesTheBufferAsItIs() {
        ByteBuffer buffer = ByteBuffer.wrap(HexFormat.of().parseHex("ff003c00bcff")).position(1);
        buffer.limit(5);
        assertThat(TensorCodec.decode(buffer, ElementType.FLOAT16)).containsExactly(1, -1);
        assertThat(buffer.position()).isEqualTo(1);
        assertThat(buffer.remaining()).isEqualTo(4);
    }

    @Test
    void encode_toIntegers_isRefused() {
        assertThatThrownBy(() -> TensorCodec.encode(new float[1], ElementType.INT8))
                .hasMessage("expected a floating-point type, got 'int8'");
    }

    @Test
    void payload_floats_areTheValues() throws Exception {
        float[] values = {1, -2, 0.5f, 4, 5, 6};
        TensorPayload payload = TensorCodec.payload(values, new int[] {2, 3}, ElementType.BFLOAT16);
        assertThat(payload.getShape()).containsExactly(2L, 3L);
        assertThat(payload.getDtype()).isEqualTo("bfloat16");
        assertThat(TensorCodec.floats(payload)).isEqualTo(values);
    }

    @Test
    void payload_shapeOfOtherSize_isRefused() {
        assertThatThrownBy(
                        () ->
                                TensorCodec.payload(
                                        new float[5], new int[] {2, 3}, ElementType.FLOAT32))
                .hasMessage("shape [2, 3] needs 6 values, got 5");
    }

    @Test
    void floats_bytesThatDoNotFillTheShape_areRefused() {
        for (List<Long> shape : List.of(List.of(2L), List.of(-1L), List.of(1L << 40, 1L << 40))) {
            var payload = new TensorPayload("float32", shape, ByteBuffer.allocate(4), null);
            assertThatThrownBy(() -> TensorCodec.floats(payload))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageEndingWith("found 4");
        }
    }

    @Test
    void floats_unknownType_listsTheTypes() {
        var payload = new TensorPayload("float23", List.of(), ByteBuffer.allocate(4), null);
        assertThatThrownBy(() -> TensorCodec.floats(payload))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("no element type 'float23'")
                .hasMessageContaining("bfloat16");
    }

    private static float[] decode(String hex, ElementType type) {
        return TensorCodec.decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex)), type);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
