/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads NumPy's archives of float32 arrays. */
final class NpzFile {
    private static final int PREFIX = 10;

    private NpzFile() {}

    /** The arrays by name, flat, in row-major order. */
    static Map<String, float[]> floats(Path file) throws IOException {
        Map<String, float[]> arrays = new HashMap<>();
        try (InputStream in = Files.newInputStream(file);
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                arrays.put(entry.getName().replace(".npy", ""), array(zip.readAllBytes()));
            }
        }
        return arrays;
    }

    private static float[] array(byte[] npy) {
        ByteBuffer bytes = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
        int header = Short.toUnsignedInt(bytes.getShort(PREFIX - Short.BYTES));
        String description = new String(npy, PREFIX, header, StandardCharsets.US_ASCII);
        if (!description.contains("<f4") || description.contains("'fortran_order': True")) {
            throw new IllegalArgumentException("no float32 in row-major order: " + description);
        }
        bytes.position(PREFIX + header);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
