/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Checksums that find damage, not malice. */
final class Checksums {
    private static final int CHUNK = 1 << 20;

    private Checksums() {}

    static String crc32c(Path file) throws IOException {
        CRC32C sum = new CRC32C();
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        try (FileChannel channel = FileChannel.open(file)) {
            while (channel.read(chunk) >= 0) {
                sum.update(chunk.flip());
                chunk.clear();
            }
        }
        return Long.toHexString(sum.getValue());
    }
}
