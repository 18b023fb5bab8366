/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder of one's own that goes when it is closed. */
record ScratchFolder(Path path) implements AutoCloseable {
    static ScratchFolder in(Path parent) throws IOException {
        return new ScratchFolder(
                Files.createTempDirectory(Files.createDirectories(parent), "benchmark-"));
    }

    @Override
    public void close() throws IOException {
        List<Path> entries;
        try (Stream<Path> tree = Files.walk(path)) {
            entries = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path entry : entries) {
            Files.deleteIfExists(entry);
        }
    }
}
