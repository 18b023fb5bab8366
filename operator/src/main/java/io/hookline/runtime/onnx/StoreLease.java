/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * A claim on a store's entry, by a shared lock on a file beside it: as long as anybody in any
 * process holds one, the entry isn't removed. The file's time says when the entry was last used.
 * The operating system ends the claims of a process that dies.
 */
final class StoreLease implements AutoCloseable {
    /** Locks belong to the whole process, so that its claims on one file share a lock. */
    private static final Map<Path, Held> HELD = new HashMap<>();

    private final Path file;
    private boolean released;

    private static final class Held {
        private final FileChannel channel;
        private int leases = 1;

        private Held(FileChannel channel) {
            this.channel = channel;
        }
    }

    /** Something to do to files. */
    interface Action {
        void run() throws IOException;
    }

    private StoreLease(Path file) {
        this.file = file;
    }

    /** Claims the entry of that file; waits while it is being removed. */
    static StoreLease take(Path file) throws IOException {
        synchronized (HELD) {
            Held held = HELD.get(file);
            if (held != null) {
                held.leases++;
            } else {
                HELD.put(file, new Held(locked(file, true)));
            }
            try {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            } catch (IOException | RuntimeException e) {
                release(file);
                throw e;
            }
            return new StoreLease(file);
        }
    }

    /** Does something while nobody else in any process does the like with that file. */
    static void exclusively(Path file, Action action) throws IOException {
        synchronized (HELD) {
            FileChannel channel = locked(file, false);
            try {
                action.run();
            } finally {
                channel.close();
            }
        }
    }

    /** Does something to an entry if nobody has a claim on it. */
    static void ifUnclaimed(Path file, Action action) throws IOException {
        synchronized (HELD) {
            if (HELD.containsKey(file)) {
                return;
            }
            try (FileChannel channel = open(file)) {
                if (channel.tryLock() != null) {
                    action.run();
                }
            }
        }
    }

    private static FileChannel locked(Path file, boolean shared) throws IOException {
        FileChannel channel = open(file);
        try {
            channel.lock(0, Long.MAX_VALUE, shared);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static void release(Path file) throws IOException {
        Held held = HELD.get(file);
        if (held != null && --held.leases == 0) {
            HELD.remove(file);
            held.channel.close();
        }
    }

    @Override
    public void close() {
        synchronized (HELD) {
            if (!released) {
                released = true;
                try {
                    release(file);
                } catch (IOException e) {
                    throw new UncheckedIOException("can't release '" + file + "'", e);
                }
            }
        }
    }
}
