/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointFolderTest {
    private static final JobID FIRST = new JobID(1, 1);
    private static final JobID SECOND = new JobID(2, 2);

    @TempDir private Path base;

    @Test
    void newestOfARun_isTheHighestThatIsComplete() throws Exception {
        checkpoint(FIRST, 9, 30);
        checkpoint(FIRST, 10, 20);
        Files.createDirectories(run(FIRST).resolve("chk-11"));
        Files.createDirectories(run(FIRST).resolve("shared"));

        assertThat(folder().newest(FIRST))
                .hasValueSatisfying(path -> assertThat(path).endsWith("chk-10"));
    }

    @Test
    void newestOfAllRuns_isTheOneWrittenLast() throws Exception {
        checkpoint(FIRST, 50, 10);
        checkpoint(SECOND, 3, 20);

        assertThat(folder().newest())
                .hasValueSatisfying(path -> assertThat(path).endsWith(SECOND + "/chk-3"));
    }

    @Test
    void folder_thatIsNotThere_hasNone() throws Exception {
        assertThat(folder().newest()).isEmpty();
        assertThat(folder().newest(FIRST)).isEmpty();
    }

    private CheckpointFolder folder() {
        return CheckpointFolder.of(base.toUri().toString(), "job");
    }

    private Path run(JobID job) {
        return base.resolve("job").resolve(job.toHexString());
    }

    private void checkpoint(JobID job, int number, int second) throws Exception {
        Path folder = Files.createDirectories(run(job).resolve("chk-" + number));
        Path metadata = Files.createFile(folder.resolve("_metadata"));
        Files.setLastModifiedTime(metadata, FileTime.from(Instant.ofEpochSecond(second)));
    }
}
