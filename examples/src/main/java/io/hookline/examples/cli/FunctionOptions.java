/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import io.hookline.program.InterventionFunctions;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.IllegalConfigurationException;
import picocli.CommandLine.Option;

/** The options that say which functions programs may call. */
final class FunctionOptions {
    @Option(
            names = "--allow",
            split = ",",
            paramLabel = "NAME",
            description = "an intervention function that programs may call; may be repeated")
    private List<String> allowed = List.of();

    @Option(
            names = "--functions",
            paramLabel = "CLASSPATH",
            description =
                    "jars or folders of classes that hold functions; default: the examples' own")
    private String classPath = "";

    /** The functions and where their classes come from, which is open until this is closed. */
    record Found(InterventionFunctions functions, URLClassLoader loader) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            loader.close();
        }
    }

    /**
     * Finds the allowed functions; the caller closes what is found.
     *
     * @throws IOException when a part of the class path is not there
     * @throws IllegalConfigurationException when an allowed function is not there
     */
    Found find() throws IOException {
        URLClassLoader loader = new URLClassLoader(urls(), FunctionOptions.class.getClassLoader());
        try {
            return new Found(InterventionFunctions.find(loader, allowed), loader);
        } catch (IllegalArgumentException e) {
            loader.close();
            throw new IllegalConfigurationException(e.getMessage(), e);
        }
    }

    private URL[] urls() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String part : classPath.split(File.pathSeparator, -1)) {
            if (!part.isEmpty()) {
                Path path = Path.of(part);
                if (!Files.exists(path)) {
                    throw new FileNotFoundException(
                            "no jar or folder '%s' to take functions from".formatted(part));
                }
                urls.add(path.toUri().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }
}
