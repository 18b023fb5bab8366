/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folders of a store. An entry's folder has the entry's key for a name; what is being built or
 * thrown away lies beside it in folders whose names start with a dot.
 */
final class StoreFiles {
    /** No build takes that long, so its process is dead. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private static final Pattern KEY = Pattern.compile("[0-9a-f]{32}");

    private final Path folder;

    StoreFiles(Path folder) {
        this.folder = folder;
    }

    /** The file by which an entry is claimed. */
    Path claim(String key) {
        return folder.resolve(key + ".use");
    }

    private record Entry(Path path, long bytes, Instant used) {}

    /** Removes what was used longest ago until the rest fits, but nothing that is claimed. */
    void shrink(long maxBytes) throws IOException {
        List<Entry> entries = entries();
        long total = entries.stream().mapToLong(Entry::bytes).sum();
        for (Entry entry : entries) {
            if (total > maxBytes) {
                StoreLease.ifUnclaimed(
                        claim(entry.path().getFileName().toString()), () -> delete(entry.path()));
                total -= Files.exists(entry.path()) ? 0 : entry.bytes();
            }
        }
    }

    /** Entries, least recently used first. */
    private List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Path path : list()) {
            String key = path.getFileName().toString();
            if (KEY.matcher(key).matches()) {
                Path claim = claim(key);
                Instant used =
                        Files.getLastModifiedTime(Files.exists(claim) ? claim : path).toInstant();
                entries.add(new Entry(path, bytes(path), used));
            }
        }
        entries.sort(Comparator.comparing(Entry::used));
        return entries;
    }

    /** Removes what dead processes have left half-built. */
    void removeAbandoned() throws IOException {
        Instant limit = Instant.now().minus(ABANDONED);
        for (Path path : list()) {
            if (path.getFileName().toString().startsWith(".")
                    && Files.isDirectory(path)
                    && Files.getLastModifiedTime(path).toInstant().isBefore(limit)) {
                delete(path);
            }
        }
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.toList();
        }
    }

    private static long bytes(Path path) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    /** Deletes a folder with everything in it, if it exists. */
    static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(path)) {
            for (Path each : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
