/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import io.hookline.kafka.KafkaSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a monitor is told.
 *
 * @param kafka the brokers and the names of the topics, as the job has them
 * @param port on 127.0.0.1, 0 for any free one
 * @param tokenizer a tokenizer.json or a folder with it, so that tokens have names
 * @param prompts whether the page may show prompts
 * @param bytesPerSecond how much of the topics of activations is read at most
 */
public record MonitorSettings(
        KafkaSettings kafka,
        int port,
        Optional<Path> tokenizer,
        boolean prompts,
        long bytesPerSecond) {
    /** What is read of activations, unless one is told otherwise. */
    public static final long BYTES_PER_SECOND = 16L << 20;

    public MonitorSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("a port is 0 to 65535, got " + port);
        }
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException(
                    "at least 1 byte a second must be read, got " + bytesPerSecond);
        }
    }
}
