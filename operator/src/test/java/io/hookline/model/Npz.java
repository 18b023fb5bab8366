/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads float32 arrays from numpy's .npz files, by name without {@code .npy}. */
final class Npz {
    private static final Pattern SHAPE = Pattern.compile("'shape': \\(([^)]*)\\)");

    private Npz() {}

    record FloatArray(int[] shape, float[] values) {}

    static Map<String, FloatArray> read(String resource) throws IOException {
        Map<String, FloatArray> arrays = new HashMap<>();
        try (InputStream in = Npz.class.getResourceAsStream(resource);
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                ByteBuffer bytes =
                        ByteBuffer.wrap(zip.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
                if (header(bytes).contains("<f4")) {
                    arrays.put(entry.getName().replaceFirst("\\.npy$", ""), array(bytes));
                }
            }
        }
        return arrays;
    }

    private static String header(ByteBuffer bytes) {
        int length = Short.toUnsignedInt(bytes.getShort(8));
        byte[] header = new byte[length];
        bytes.get(10, header);
        return new String(header, StandardCharsets.US_ASCII);
    }

    private static FloatArray array(ByteBuffer bytes) {
        String header = header(bytes);
        Matcher shape = SHAPE.matcher(header);
        if (!shape.find() || header.contains("'fortran_order': True")) {
            throw new IllegalArgumentException(header);
        }
        int[] lengths =
                Arrays.stream(shape.group(1).split(","))
                        .map(String::strip)
                        .filter(text -> !text.isEmpty())
                        .mapToInt(Integer::parseInt)
                        .toArray();
        float[] values = new float[Arrays.stream(lengths).reduce(1, (a, b) -> a * b)];
        bytes.position(10 + header.length())
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return new FloatArray(lengths, values);
    }
}
