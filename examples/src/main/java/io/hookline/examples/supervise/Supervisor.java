/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.supervise;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.core.execution.JobClient;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one job running until it ends by itself. When the cluster has lost it, it is submitted
 * again from its newest complete checkpoint: from an older one, its transactions would be written
 * twice.
 */
public final class Supervisor {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration SUBMIT_AGAIN_AFTER = Duration.ofSeconds(3);

    private final JobCluster cluster;
    private final Submission submission;
    private final PrintStream log;
    private @Nullable String restored;
    private String said = "";

    /** Starts the job, from a checkpoint or savepoint when there is one. */
    @FunctionalInterface
    public interface Starter {
        JobClient start(Optional<String> restore) throws Exception;
    }

    /**
     * What to submit.
     *
     * @param checkpoints empty when the job keeps none that outlive its JobManager
     */
    public record Submission(
            String name, Starter starter, Optional<CheckpointFolder> checkpoints) {}

    /**
     * A supervisor of one job.
     *
     * @param log where it says what it does, a line each
     */
    public Supervisor(JobCluster cluster, Submission submission, PrintStream log) {
        this.cluster = cluster;
        this.submission = submission;
        this.log = log;
    }

    /**
     * Submits the job, unless it runs already, and returns when it has ended.
     *
     * @param restore a checkpoint or savepoint to begin with
     */
    public JobStatus run(Optional<String> restore) throws Exception {
        restored = restore.orElse(null);
        Optional<JobID> running = cluster.running(submission.name());
        running.ifPresent(job -> say("job '%s' runs already, %s", submission.name(), job));
        JobID job = running.isPresent() ? running.get() : submit();
        while (true) {
            Optional<JobStatus> end = watch(job);
            if (end.isPresent()) {
                return end.get();
            }
            restored = newest(job).orElse(restored);
            job = submitAgain();
        }
    }

    private JobID submit() throws Exception {
        JobClient client = submission.starter().start(Optional.ofNullable(restored));
        cluster.submitted(client);
        say(
                "job '%s' runs, %s%s",
                submission.name(),
                client.getJobID(),
                restored == null ? "" : ", restored from " + restored);
        return client.getJobID();
    }

    private JobID submitAgain() throws InterruptedException {
        while (true) {
            try {
                Optional<JobID> running = cluster.running(submission.name());
                return running.isPresent() ? running.get() : submit();
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                say(
                        "job '%s' can't be submitted yet: %s",
                        submission.name(), String.valueOf(e.getMessage()));
                Thread.sleep(SUBMIT_AGAIN_AFTER.toMillis());
            }
        }
    }

    /** Waits until the job has ended, with how, or is lost, with nothing. */
    private Optional<JobStatus> watch(JobID job) throws Exception {
        while (true) {
            Sighting sighting = cluster.look(job);
            if (sighting instanceof Sighting.Ended ended) {
                if (ended.status() == JobStatus.FAILED) {
                    say("job '%s' failed: %s", submission.name(), cluster.failure(job));
                }
                return Optional.of(ended.status());
            }
            if (sighting instanceof Sighting.Gone) {
                if (isLost()) {
                    say("the cluster has lost job '%s'", submission.name());
                    return Optional.empty();
                }
                say("the cluster has not brought job '%s' back yet", submission.name());
            }
            if (sighting instanceof Sighting.Unreachable away) {
                say("the cluster does not answer: %s", away.why());
            }
            Thread.sleep(LOOK_EVERY.toMillis());
        }
    }

    /** A cluster that recovers jobs may not have got to this one yet. */
    private boolean isLost() throws InterruptedException {
        try {
            return !cluster.recoversJobs();
        } catch (ClusterUnavailableException e) {
            return false;
        }
    }

    /**
     * Nothing when the job had completed no checkpoint, and so committed nothing.
     *
     * @throws ClusterUnavailableException when nobody can know
     */
    private Optional<String> newest(JobID job) throws IOException {
        CheckpointFolder folder =
                submission
                        .checkpoints()
                        .orElseThrow(
                                () ->
                                        new ClusterUnavailableException(
                                                "the cluster has lost job '%s' and its checkpoints with it: it has no '%s'"
                                                        .formatted(
                                                                submission.name(),
                                                                CheckpointingOptions
                                                                        .CHECKPOINTS_DIRECTORY
                                                                        .key())));
        return folder.newest(job);
    }

    @FormatMethod
    private void say(@FormatString String text, Object... values) {
        String line = text.formatted(values);
        if (!line.equals(said)) {
            log.println("hookline: " + line);
            said = line;
        }
    }
}
