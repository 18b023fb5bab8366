/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.supervise;

import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A place where one job runs at a time under its name. */
public interface JobCluster {
    /** How jobs are to be run there unless they say otherwise. */
    Map<String, String> defaults() throws InterruptedException;

    /** Where to build a job that is to run there. */
    StreamExecutionEnvironment environment(Configuration config) throws Exception;

    /** The job of that name that runs there already. */
    Optional<JobID> running(String name) throws InterruptedException;

    /** Takes note of a job that has been submitted. */
    void submitted(JobClient job);

    /** Has a look at a job. */
    Sighting look(JobID job) throws InterruptedException;

    /** Whether it brings its jobs back itself after it has lost its JobManager. */
    boolean recoversJobs() throws InterruptedException;

    /** Why a job has failed. */
    String failure(JobID job) throws InterruptedException;
}
