/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.examples.models.HooklineHome;
import io.hookline.schema.EventFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the shipped rules and dashboard ask for is what a live job exports. */
final class MetricsITCase {
    private static final int PORT = freePort();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final String INFERENCE = "flink_taskmanager_job_task_operator_inference_";

    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setConfiguration(configuration())
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    private static Configuration configuration() {
        Configuration config = LoopbackCluster.configuration();
        config.setString("metrics.reporters", "prometheus");
        config.setString(
                "metrics.reporter.prometheus.factory.class",
                "io.hookline.metrics.PrometheusReporterFactory");
        config.setString("metrics.reporter.prometheus.port", Integer.toString(PORT));
        return config;
    }

    @Test
    void series_ofRulesAndDashboard_areExportedByALiveJob() throws Exception {
        Set<String> asked = new TreeSet<>();
        asked.addAll(seriesIn("flink-conf/monitoring/hookline-rules.yml"));
        asked.addAll(seriesIn("flink-conf/monitoring/grafana-dashboard.json"));
        assertThat(asked).hasSizeGreaterThan(15);
        try (TestJob job = TestJob.start(EventFormat.JSON, List.of("model.model.layers.2"))) {
            TestKafka.send(job.events(), "", event("model.model.layers.2"));
            TestKafka.send(job.events(), "", event("model.no.such.module"));
            String scraped = awaitAll(asked);
            assertThat(value(scraped, INFERENCE + "inference_requests")).isEqualTo(2);
            assertThat(value(scraped, INFERENCE + "inference_requests_failure")).isEqualTo(1);
            assertThat(scraped)
                    .containsPattern(INFERENCE + "cause_deadLetters\\{cause=\"UNKNOWN_MODULE\"")
                    .containsPattern("module_captureBytes\\{[^}]*module=\"model.model.layers.2\"")
                    .containsPattern("modelInfo\\{[^}]*model=\"ticketlm\"[^}]*} 1.0");
        }
    }

    private static String event(String module) {
        return "{\"invocations\": [{\"prompt\": \"Ticket from Anna: Hello,\"}], \"cache\": [{\"modules\": [\"%s\"]}]}"
                .formatted(module);
    }

    private static String awaitAll(Set<String> asked) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            String scraped = scrape();
            Set<String> missing = new TreeSet<>(asked);
            missing.removeIf(
                    name -> Pattern.compile("(?m)^" + name + "[{ ]").matcher(scraped).find());
            if (missing.isEmpty()
                    && value(scraped, INFERENCE + "inference_requests_failure") > 0
                    && value(scraped, INFERENCE + "inference_requests_success") > 0) {
                return scraped;
            }
            assertThat(System.nanoTime()).as("missing %s", missing).isLessThan(end);
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private static String scrape() throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + "/metrics")).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** The sum over subtasks. */
    private static double value(String scraped, String name) {
        return Pattern.compile("(?m)^" + name + "\\{.*} ([0-9.E]+)$")
                .matcher(scraped)
                .results()
                .mapToDouble(match -> Double.parseDouble(match.group(1)))
                .sum();
    }

    private static Set<String> seriesIn(String file) throws IOException {
        String text = Files.readString(HooklineHome.find().root().resolve(file));
        return Pattern.compile("flink_\\w+")
                .matcher(text)
                .results()
                .map(match -> match.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
