/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.supervise;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Where the checkpoints of all runs of one job lie: {@code JOB_ID/chk-N} for each.
 *
 * @param uri of any file system that Flink knows here
 */
public record CheckpointFolder(String uri) {
    private static final String CHECKPOINT = "chk-";

    /** Comes last, and at once: a checkpoint without it is not complete. */
    private static final String METADATA = "_metadata";

    private record Checkpoint(Path path, long number, long written) {}

    /** The folder of one job among those of all. */
    public static CheckpointFolder of(String base, String jobName) {
        return new CheckpointFolder(new Path(new Path(base), jobName).toString());
    }

    /** The newest complete checkpoint of any run. */
    public Optional<String> newest() throws IOException {
        List<Checkpoint> all = new ArrayList<>();
        for (FileStatus run : list(new Path(uri))) {
            all.addAll(complete(run.getPath()));
        }
        return best(
                all,
                Comparator.comparingLong(Checkpoint::written)
                        .thenComparingLong(Checkpoint::number));
    }

    /** The newest complete checkpoint of one run. */
    public Optional<String> newest(JobID run) throws IOException {
        return best(
                complete(new Path(uri, run.toHexString())),
                Comparator.comparingLong(Checkpoint::number));
    }

    private static Optional<String> best(List<Checkpoint> all, Comparator<Checkpoint> order) {
        return all.stream().max(order).map(checkpoint -> checkpoint.path().toString());
    }

    private static List<Checkpoint> complete(Path run) throws IOException {
        List<Checkpoint> found = new ArrayList<>();
        for (FileStatus entry : list(run)) {
            String name = entry.getPath().getName();
            if (name.matches(CHECKPOINT + "\\d{1,18}")) {
                long number = Long.parseLong(name.substring(CHECKPOINT.length()));
                for (FileStatus file : list(entry.getPath())) {
                    if (file.getPath().getName().equals(METADATA)) {
                        found.add(
                                new Checkpoint(
                                        entry.getPath(), number, file.getModificationTime()));
                    }
                }
            }
        }
        return found;
    }

    /** What is in a folder; nothing when it is not there, or goes while we look. */
    private static FileStatus[] list(Path folder) throws IOException {
        try {
            FileSystem files = folder.getFileSystem();
            FileStatus[] entries = files.exists(folder) ? files.listStatus(folder) : null;
            return entries == null ? new FileStatus[0] : entries;
        } catch (FileNotFoundException gone) {
            return new FileStatus[0];
        }
    }
}
