/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import java.util.List;
import org.apache.kafka.common.errors.RetriableException;

/** Everything that keeps a job from starting on these brokers with these options, at once. */
public final class KafkaSetupException extends RuntimeException {
    private final List<String> problems;
    private final boolean passing;

    KafkaSetupException(List<String> problems) {
        super(message(problems));
        this.problems = List.copyOf(problems);
        this.passing = false;
    }

    /** Because of a failure, which passes when Kafka says that it may be tried again. */
    KafkaSetupException(String problem, Throwable cause) {
        super(problem, cause);
        this.problems = List.of(problem);
        this.passing = cause instanceof RetriableException;
    }

    /** Whether it may go away by itself, as brokers that do not answer. */
    boolean isPassing() {
        return passing;
    }

    /** One sentence for each problem. */
    public List<String> problems() {
        return problems;
    }

    static void throwIfAny(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new KafkaSetupException(problems);
        }
    }

    private static String message(List<String> problems) {
        return problems.size() == 1
                ? problems.get(0)
                : problems.size() + " problems:\n  " + String.join("\n  ", problems);
    }
}
