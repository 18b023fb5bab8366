/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import io.hookline.schema.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Writes NumPy's {@code .npy} format, version 1.0. */
final class NpyFile {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int ALIGNMENT = 64;

    private NpyFile() {}

    /**
     * Writes one array over what the file held.
     *
     * @param data row-major, little-endian
     */
    static void write(Path file, ElementType dtype, int[] shape, byte[] data) throws IOException {
        long elements = Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
        if (elements * dtype.bytes() != data.length) {
            throw new IllegalArgumentException(
                    "%s%s takes %d bytes, got %d"
                            .formatted(
                                    dtype.wireName(),
                                    Arrays.toString(shape),
                                    elements * dtype.bytes(),
                                    data.length));
        }
        Files.write(file, header(dtype, shape));
        Files.write(file, data, StandardOpenOption.APPEND);
    }

    private static byte[] header(ElementType dtype, int[] shape) {
        String text =
                "{'descr': '%s', 'fortran_order': False, 'shape': %s, }"
                        .formatted(descriptor(dtype), tuple(shape));
        int length = MAGIC.length + Short.BYTES + text.length() + 1;
        int padding = (ALIGNMENT - length % ALIGNMENT) % ALIGNMENT;
        short announced = (short) (text.length() + padding + 1);
        return ByteBuffer.allocate(length + padding)
                .put(MAGIC)
                .putShort(Short.reverseBytes(announced))
                .put(text.getBytes(StandardCharsets.US_ASCII))
                .put(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII))
                .put((byte) '\n')
                .array();
    }

    private static String tuple(int[] shape) {
        String inside =
                Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        return "(" + inside + (shape.length == 1 ? "," : "") + ")";
    }

    private static String descriptor(ElementType dtype) {
        return switch (dtype) {
            case FLOAT64 -> "<f8";
            case FLOAT32 -> "<f4";
            case FLOAT16 -> "<f2";
            // NumPy knows no bfloat16: its bits.
            case BFLOAT16 -> "<u2";
            case INT64 -> "<i8";
            case INT32 -> "<i4";
            case INT8 -> "|i1";
            case UINT8 -> "|u1";
            case BOOL -> "|b1";
        };
    }
}
