/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory of this process, pages that it shares with others or maps several times counted in
 * proportion.
 */
final class ProcessMemory {
    private static final Path ROLLUP = Path.of("/proc/self/smaps_rollup");

    private ProcessMemory() {}

    /** Whether this system tells. */
    static boolean isKnown() {
        return Files.isReadable(ROLLUP);
    }

    static double megabytes() throws IOException {
        System.gc();
        for (String line : Files.readAllLines(ROLLUP)) {
            if (line.startsWith("Pss:")) {
                return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
            }
        }
        throw new IOException("no 'Pss' in '%s'".formatted(ROLLUP));
    }
}
