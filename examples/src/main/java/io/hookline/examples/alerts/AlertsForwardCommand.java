/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import io.hookline.examples.cli.CommandRun;
import io.hookline.kafka.KafkaSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./hookline alerts forward}: from the topic to whoever calls people. */
@Command(
        name = "forward",
        sortOptions = false,
        description =
                "Reads the alerts topic and delivers firing and resolved alerts, with retries, until Ctrl-C."
                        + " What was delivered is remembered as offsets of a consumer group.",
        exitCodeOnInvalidInput = CommandRun.FAILED)
final class AlertsForwardCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private KafkaOption kafka = new KafkaOption();

    @ArgGroup(multiplicity = "1")
    private Target target = new Target();

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = "the consumer group; default: ${DEFAULT-VALUE}")
    private String group = "hookline-alerts-forward";

    @Option(
            names = "--headers",
            paramLabel = "FILE",
            description = "HTTP headers to send, 'name: value' on each line, e.g. Authorization")
    private @Nullable Path headers;

    @Option(
            names = "--lasting",
            paramLabel = "HOURS",
            description =
                    "how long Alertmanager lets an alert fire when nobody says that it is resolved; default: ${DEFAULT-VALUE}")
    private int lasting = 24;

    /** Where alerts go. */
    static final class Target {
        @Option(
                names = "--alertmanager",
                paramLabel = "URL",
                description = "Prometheus' Alertmanager, e.g. http://127.0.0.1:9093")
        private @Nullable URI alertmanager;

        @Option(
                names = "--webhook",
                paramLabel = "URL",
                description = "what takes Alertmanager's webhook messages, version 4")
        private @Nullable URI webhook;
    }

    @Override
    public Integer call() throws Exception {
        KafkaSettings settings =
                kafka.settings()
                        .orElseThrow(
                                () ->
                                        new ParameterException(
                                                spec.commandLine(),
                                                "Missing required option: '--brokers=HOST:PORT[,…]'"));
        PrintWriter err = spec.commandLine().getErr();
        CountDownLatch ended = new CountDownLatch(1);
        try (AlertForwarder forwarder =
                new AlertForwarder(
                        settings,
                        group,
                        new Delivery(receiver(), headers()),
                        line -> {
                            err.println("hookline: " + line);
                            err.flush();
                        })) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(forwarder, ended), "end"));
            forwarder.run();
        } finally {
            ended.countDown();
        }
        return CommandRun.OK;
    }

    /** The process waits until the consumer has left its group. */
    private static void end(AlertForwarder forwarder, CountDownLatch ended) {
        forwarder.stop();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Receiver receiver() {
        URI webhook = target.webhook;
        URI alertmanager = target.alertmanager;
        if (webhook != null) {
            return new Webhook(checked(webhook));
        }
        if (alertmanager == null) {
            throw new ParameterException(
                    spec.commandLine(), "--alertmanager or --webhook is needed");
        }
        return new Alertmanager(
                checked(alertmanager), Duration.ofHours(lasting), Clock.systemUTC());
    }

    private URI checked(URI uri) {
        if (uri.getHost() == null
                || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "a URL must begin with http:// or https://, got '%s'".formatted(uri));
        }
        return uri;
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> all = new HashMap<>();
        if (headers != null) {
            Properties file = new Properties();
            try (Reader in = Files.newBufferedReader(headers)) {
                file.load(in);
            }
            file.stringPropertyNames().forEach(name -> all.put(name, file.getProperty(name)));
        }
        return all;
    }
}
