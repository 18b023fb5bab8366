/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cluster;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A JVM that ends with this process at the latest. What it prints goes to its log. */
public final class JavaProcess implements AutoCloseable {
    private static final long STOPPED_WITHIN_SECONDS = 20;
    private static final int LOG_TAIL_LINES = 40;

    private final String name;
    private final Process process;
    private final Path log;

    /**
     * What to run.
     *
     * @param name tells processes of one folder apart
     * @param jvm options
     */
    public record Command(
            String name,
            List<String> jvm,
            List<Path> classPath,
            String mainClass,
            List<String> arguments) {}

    private JavaProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it.
     *
     * @param folder for its log, its temporary files and its class path
     */
    public static JavaProcess start(Command command, Path folder) throws IOException {
        Path home = Files.createDirectories(folder.resolve(command.name())).toAbsolutePath();
        Path temporary = Files.createDirectories(home.resolve("tmp"));
        Path log = home.resolve("log");
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.add("-Djava.io.tmpdir=" + temporary);
        line.addAll(command.jvm());
        line.add("@" + classPath(command.classPath(), home));
        line.add(Tether.class.getName());
        line.add(command.mainClass());
        line.addAll(command.arguments());
        ProcessBuilder builder =
                new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        return new JavaProcess(command.name(), builder.start(), log);
    }

    /** As an argument file: command lines have limits, and paths have spaces. */
    private static Path classPath(List<Path> entries, Path home) throws IOException {
        String joined =
                Stream.concat(Stream.of(tether(home)), entries.stream())
                        .map(entry -> entry.toAbsolutePath().toString())
                        .collect(Collectors.joining(File.pathSeparator));
        return Files.writeString(
                home.resolve("classpath"), "-cp \"%s\"%n".formatted(joined.replace("\\", "\\\\")));
    }

    /** The tether alone: nothing else of this package has a place on the class paths of others. */
    private static Path tether(Path home) throws IOException {
        Path root = home.resolve("tether");
        String name = Tether.class.getName().replace('.', '/') + ".class";
        Path file = root.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        try (InputStream in = Tether.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new FileNotFoundException(name);
            }
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return root;
    }

    /** The number of the process. */
    public long pid() {
        return process.pid();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has printed. */
    public Path log() {
        return log;
    }

    /** Its exit code, once it has ended by itself. */
    public int await() throws InterruptedException {
        return process.waitFor();
    }

    /** Ends it as SIGKILL does, in the middle of whatever it is at. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /**
     * Goes on if it runs.
     *
     * @throws IOException with the end of its log, if it does not
     */
    public void requireAlive() throws IOException {
        if (!process.isAlive()) {
            List<String> lines = Files.readAllLines(log);
            throw new IOException(
                    "%s has ended with exit code %d:%n%s"
                            .formatted(
                                    name,
                                    process.exitValue(),
                                    String.join(
                                            "\n",
                                            lines.subList(
                                                    Math.max(0, lines.size() - LOG_TAIL_LINES),
                                                    lines.size()))));
        }
    }

    /** Asks it to end and waits; ends it if it does not. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOPPED_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
