/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class NpyFileProperties {
    private static final Map<ElementType, String> DESCRIPTORS =
            Map.of(
                    ElementType.FLOAT64, "<f8",
                    ElementType.FLOAT32, "<f4",
                    ElementType.FLOAT16, "<f2",
                    ElementType.BFLOAT16, "<u2",
                    ElementType.INT64, "<i8",
                    ElementType.INT32, "<i4",
                    ElementType.INT8, "|i1",
                    ElementType.UINT8, "|u1",
                    ElementType.BOOL, "|b1");
    private static final Pattern HEADER =
            Pattern.compile(
                    "\\{'descr': '(...)', 'fortran_order': False, 'shape': \\(([^)]*)\\), } *\n");

    @Property
    void write_anyArray_readsBack(
            @ForAll ElementType dtype,
            @ForAll @Size(max = 4) List<@IntRange(min = 0, max = 12) Integer> dimensions,
            @ForAll long seed)
            throws IOException {
        int[] shape = dimensions.stream().mapToInt(Integer::intValue).toArray();
        byte[] data = new byte[Arrays.stream(shape).reduce(1, (a, b) -> a * b) * dtype.bytes()];
        new Random(seed).nextBytes(data);
        Path file = Files.createTempFile("array", ".npy");
        try {
            NpyFile.write(file, dtype, shape, data);

            assertHolds(Files.readAllBytes(file), dtype, shape, data);
        } finally {
            Files.delete(file);
        }
    }

    /** Reads as the format's description says, not as the writer writes. */
    private static void assertHolds(byte[] bytes, ElementType dtype, int[] shape, byte[] data) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[8];
        in.get(magic);
        assertThat(magic).containsExactly(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0);
        byte[] header = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(header);
        assertThat(in.position() % 64).isZero();
        Matcher fields = HEADER.matcher(new String(header, StandardCharsets.US_ASCII));
        assertThat(fields.matches()).isTrue();
        assertThat(fields.group(1)).isEqualTo(DESCRIPTORS.get(dtype));
        assertThat(tuple(fields.group(2))).containsExactly(shape);
        assertThat(Arrays.copyOfRange(bytes, in.position(), bytes.length)).isEqualTo(data);
    }

    private static int[] tuple(String text) {
        assertThat(text.contains(","))
                .as("a tuple of one ends with a comma")
                .isEqualTo(!text.isEmpty());
        return Pattern.compile("\\d+")
                .matcher(text)
                .results()
                .mapToInt(number -> Integer.parseInt(number.group()))
                .toArray();
    }

    @Example
    void write_dataOfAnotherSize_isRefused() {
        assertThatThrownBy(
                        () ->
                                NpyFile.write(
                                        Path.of("never-written.npy"),
                                        ElementType.FLOAT16,
                                        new int[] {2, 3},
                                        new byte[11]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("float16[2, 3] takes 12 bytes, got 11");
    }
}
