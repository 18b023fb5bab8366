/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The arrays of an .npz file. */
record NumpyArchive(Map<String, NumpyArray> arrays) {
    private static final Pattern HEADER =
            Pattern.compile("'descr': '(?<dtype>[^']+)'.*'shape': \\((?<shape>[^)]*)\\)");

    /** One array in C order. */
    record NumpyArray(String dtype, int[] shape, ByteBuffer data) {}

    static NumpyArchive read(Path file) throws IOException {
        Map<String, NumpyArray> arrays = new HashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                byte[] bytes = zip.getInputStream(entry).readAllBytes();
                arrays.put(entry.getName().replaceAll("\\.npy$", ""), array(bytes));
            }
        }
        return new NumpyArchive(arrays);
    }

    private static NumpyArray array(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int length = buffer.getShort(8) & 0xffff;
        Matcher header = HEADER.matcher(new String(bytes, 10, length, StandardCharsets.US_ASCII));
        if (!header.find()) {
            throw new IllegalArgumentException("not an npy file");
        }
        int[] shape =
                Arrays.stream(header.group("shape").split(","))
                        .map(String::trim)
                        .filter(axis -> !axis.isEmpty())
                        .mapToInt(Integer::parseInt)
                        .toArray();
        ByteBuffer data = buffer.slice(10 + length, bytes.length - 10 - length);
        return new NumpyArray(header.group("dtype"), shape, data.order(ByteOrder.LITTLE_ENDIAN));
    }
}
