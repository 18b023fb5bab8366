/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.supervise;

import org.apache.flink.api.common.JobStatus;

/** What a look at a job shows. */
public sealed interface Sighting {
    /** It runs, starts or restarts. */
    record Alive() implements Sighting {}

    /** It has ended for good. */
    record Ended(JobStatus status) implements Sighting {}

    /** Nobody answers. */
    record Unreachable(String why) implements Sighting {}

    /** The cluster answers, and knows no such job. */
    record Gone() implements Sighting {}
}
