/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the processes log: everything worth knowing afterwards, to standard output. */
final class Logging {
    private static final String SETTINGS =
            """
            rootLogger.level = info
            rootLogger.appenderRef.out.ref = out
            appender.out.name = out
            appender.out.type = Console
            appender.out.layout.type = PatternLayout
            appender.out.layout.pattern = %d{HH:mm:ss,SSS} %p [%t] %c{1}: %m%n
            # Repeats all of its configuration for every client.
            logger.kafka.name = org.apache.kafka
            logger.kafka.level = warn
            """;

    private Logging() {}

    /** The JVM option that names the settings, which are written into the folder. */
    static String to(Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("log4j2.properties"), SETTINGS);
        return "-Dlog4j2.configurationFile=" + file.toUri();
    }
}
