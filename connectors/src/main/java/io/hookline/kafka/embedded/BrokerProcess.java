/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A single-node Kafka broker in a process of its own, for demos and tests.
 *
 * <p>The process never outlives this one: it stops when its standard input ends, which the
 * operating system sees to however this process ends. What it logs is in {@link #log}.
 */
public final class BrokerProcess implements AutoCloseable {
    private static final String MAIN = "io.hookline.broker.Broker";
    private static final String READY = "listening on ";
    private static final Duration READY_WITHIN = Duration.ofSeconds(90);
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(20);
    private static final int LOG_TAIL_LINES = 40;

    private final Process process;
    private final String bootstrapServers;
    private final Path log;

    private BrokerProcess(Process process, String bootstrapServers, Path log) {
        this.process = process;
        this.bootstrapServers = bootstrapServers;
        this.log = log;
    }

    /** Starts a broker on any free port. */
    public static BrokerProcess start(Path home, Path data) throws IOException {
        return start(home, data, 0);
    }

    /**
     * Starts a broker and returns once it accepts requests.
     *
     * @param home the folder of the broker's jars, as its build module makes it
     * @param data the folder of the broker's log; made when it is not there, kept afterwards
     * @param port the port on 127.0.0.1, 0 for any free one
     * @throws IOException when the broker does not start; the message ends with its log
     */
    public static BrokerProcess start(Path home, Path data, int port) throws IOException {
        return start(home, data, port, Map.of());
    }

    /**
     * The same with settings of the broker's own. Besides Kafka's, {@code broker.protocol} is what
     * clients have to speak and {@code broker.scram} are the users that it knows from the start.
     */
    public static BrokerProcess start(Path home, Path data, int port, Map<String, String> settings)
            throws IOException {
        if (!Files.isDirectory(home)) {
            throw new IOException("no folder '%s' with the jars of the broker".formatted(home));
        }
        Files.createDirectories(data);
        Path log = log(data);
        Path file = data.resolve("broker.properties");
        write(settings, file);
        Process process = launch(home, data, port, file);
        try {
            return new BrokerProcess(process, awaitReady(process, log), log);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** What clients connect to: {@code 127.0.0.1:port}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** What the broker has logged. */
    public Path log() {
        return log;
    }

    /** The number of the process. */
    public long pid() {
        return process.pid();
    }

    /** Stops the broker cleanly and waits for its end; its data stay. */
    @Override
    public void close() {
        process.destroy();
        boolean interrupted = false;
        try {
            if (!process.waitFor(STOPPED_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** To a file, since others may read command lines. */
    private static void write(Map<String, String> settings, Path file) throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings);
        try (Writer out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
    }

    private static Process launch(Path home, Path data, int port, Path settings)
            throws IOException {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms64m",
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        home.toAbsolutePath() + "/*",
                        MAIN,
                        data.resolve("log").toAbsolutePath().toString(),
                        Integer.toString(port),
                        "--settings",
                        settings.toAbsolutePath().toString(),
                        "--until-input-ends");
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log(data).toFile()))
                .start();
    }

    private static Path log(Path data) {
        return data.resolve("broker.log");
    }

    private static String awaitReady(Process process, Path log) throws IOException {
        CompletableFuture<@Nullable String> ready =
                CompletableFuture.supplyAsync(() -> readyLine(process));
        try {
            String line = ready.get(READY_WITHIN.toSeconds(), TimeUnit.SECONDS);
            if (line == null) {
                throw new IOException("the broker ended before it was ready" + tail(log));
            }
            return line.substring(READY.length());
        } catch (TimeoutException e) {
            throw new IOException(
                    "the broker was not ready within %s s%s"
                            .formatted(READY_WITHIN.toSeconds(), tail(log)),
                    e);
        } catch (ExecutionException e) {
            throw new IOException("the broker's output cannot be read" + tail(log), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the broker started", e);
        }
    }

    private static @Nullable String readyLine(Process process) {
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        return output.lines().filter(line -> line.startsWith(READY)).findFirst().orElse(null);
    }

    private static String tail(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        List<String> last = lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size());
        return ":\n" + String.join("\n", last);
    }
}
