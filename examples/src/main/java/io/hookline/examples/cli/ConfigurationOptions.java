/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a job by their keys, from a file and one by one. */
public final class ConfigurationOptions {
    @Option(
            names = "--properties",
            paramLabel = "FILE",
            description =
                    "the job's options, one 'hookline.…' or Flink key on each line, 'hookline.kafka.properties.…' among them; secrets belong here and not on a command line")
    private @Nullable Path properties;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "one further option; may be repeated, wins over --properties")
    private Map<String, String> options = Map.of();

    /**
     * All of them, which the caller may add to.
     *
     * @throws IOException when the file can't be read
     */
    public Configuration configuration() throws IOException {
        Configuration config = new Configuration();
        if (properties != null) {
            Properties file = new Properties();
            try (Reader in = Files.newBufferedReader(properties)) {
                file.load(in);
            }
            file.stringPropertyNames().forEach(key -> config.setString(key, file.getProperty(key)));
        }
        options.forEach(config::setString);
        return config;
    }
}
