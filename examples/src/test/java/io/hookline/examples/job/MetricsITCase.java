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
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the shipped rules and dashboard ask for is what a live job exports. */
final class MetricsITCase {
    private static final int PORT = freePort();
    private static final OtlpReceiver OTLP = receiver();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final String OPERATOR = "flink_taskmanager_job_task_operator_";
    private static final String DOTTED = "flink.taskmanager.job.task.operator.";
    private static final String INFERENCE = OPERATOR + "inference_";

    /** Names that are not in the group {@code inference}. */
    private static final Pattern OWN_GROUP =
            Pattern.compile("^(models|budget|alerts)_|^(num\\w+|currentSendTime|pendingRecords)$");

    private static final String POLICY =
            """
            {"put": "policy", "name": "calm", "match": {}, "body": {"interventions":
              [{"at": "model.model.layers.4.output", "op": "scale", "by": 1.5}]}}""";
    private static final String RULE =
            """
            {"put": "rule", "name": "high", "body": {"signal": "norm", "severity": "critical",
              "detector": {"type": "threshold", "above": 0}}}""";
    private static final String GENERATING =
            """
            {"invocations": [{"prompt": "Ticket from Anna: Hello,"}], "generate": {"max_new_tokens": 2},
             "cache": [{"modules": ["model.model.layers.2"]}]}""";

    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setConfiguration(configuration())
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    private static OtlpReceiver receiver() {
        try {
            return new OtlpReceiver();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Configuration configuration() {
        Configuration config = LoopbackCluster.configuration();
        shipped().forEach(config::setString);
        config.setString("metrics.reporter.otel.exporter.endpoint", OTLP.endpoint());
        config.setString("metrics.reporter.otel.interval", "1 s");
        config.setString("metrics.reporters", "prometheus,otel");
        config.setString(
                "metrics.reporter.prometheus.factory.class",
                "io.hookline.metrics.PrometheusReporterFactory");
        config.setString("metrics.reporter.prometheus.port", Integer.toString(PORT));
        return config;
    }

    /** The exporter to OpenTelemetry as {@code flink-conf} has it. */
    private static Map<String, String> shipped() {
        String folder = HooklineHome.find().root().resolve("flink-conf").toString();
        return GlobalConfiguration.loadConfiguration(folder).toMap().entrySet().stream()
                .filter(each -> each.getKey().startsWith("metrics.reporter.otel."))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @AfterAll
    static void close() {
        OTLP.close();
    }

    @Test
    void series_ofRulesDashboardAndDocs_areExportedByALiveJob() throws Exception {
        Set<String> asked = new TreeSet<>();
        asked.addAll(seriesIn("flink-conf/monitoring/hookline-rules.yml"));
        asked.addAll(seriesIn("flink-conf/monitoring/grafana-dashboard.json"));
        assertThat(asked).hasSizeGreaterThan(15);
        Set<String> documented = documented();
        assertThat(documented).hasSizeGreaterThan(35);
        asked.addAll(documented);
        try (TestJob job =
                TestJob.start(
                        EventFormat.JSON,
                        List.of("model.model.layers.2"),
                        Map.of(
                                "hookline.budget.topic-bytes-per-second", "12kb",
                                "hookline.budget.steps", "drop"))) {
            TestKafka.send(job.control(), "policy/calm", POLICY);
            TestKafka.send(job.control(), "rule/high", RULE);
            TestKafka.send(job.events(), "", event("model.no.such.module"));
            String scraped = awaitAll(asked, () -> TestKafka.send(job.events(), "", GENERATING));
            assertThat(value(scraped, INFERENCE + "inference_requests_failure")).isEqualTo(1);
            assertThat(scraped)
                    .containsPattern(INFERENCE + "cause_deadLetters\\{cause=\"UNKNOWN_MODULE\"")
                    .containsPattern("module_captureBytes\\{[^}]*module=\"model.model.layers.2\"")
                    .containsPattern("captureDropped\\{[^}]*reason=\"budget-drop\"")
                    .containsPattern("interventionsApplied\\{[^}]*policy=\"calm\"")
                    .containsPattern("alerts\\{[^}]*rule=\"high\"[^}]*severity=\"critical\"")
                    .containsPattern("modelInfo\\{[^}]*model=\"ticketlm\"[^}]*} 1.0");
            assertThat(value(scraped, OPERATOR + "models_sessionsOpen")).isPositive();
            awaitExported(documented);
            assertThat(OTLP.services()).containsExactly("service.name=hookline");
            assertThat(OTLP.attributes(DOTTED + "inference.module.captureBytes"))
                    .contains("module=model.model.layers.2");
            assertThat(OTLP.attributes(DOTTED + "alerts.rule.severity.alerts"))
                    .contains("rule=high", "severity=critical");
            assertThat(value(scraped, OPERATOR + "models_nativeBytes")).isGreaterThan(1_000_000);
            assertThat(value(scraped, OPERATOR + "alerts_rulesVersion")).isPositive();
        }
    }

    private static String event(String module) {
        return "{\"invocations\": [{\"prompt\": \"Ticket from Anna: Hello,\"}], \"cache\": [{\"modules\": [\"%s\"]}]}"
                .formatted(module);
    }

    /** Names of the first column of the tables in the docs, as they are exported. */
    private static Set<String> documented() throws IOException {
        String text = Files.readString(HooklineHome.find().root().resolve("docs/monitoring.md"));
        Set<String> names = new TreeSet<>();
        for (String line : text.split("\n", -1)) {
            String first = line.startsWith("| `") ? line.split("\\|", -1)[1] : "";
            Pattern.compile("`(\\w+)(\\{[\\w, ]*})?`")
                    .matcher(first)
                    .results()
                    .map(match -> match.group(1))
                    .filter(name -> !name.startsWith("Hookline"))
                    .forEach(names::add);
        }
        return names.stream()
                .map(name -> OWN_GROUP.matcher(name).find() ? OPERATOR + name : INFERENCE + name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private interface Sending {
        void send() throws Exception;
    }

    private static String awaitAll(Set<String> asked, Sending more) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            more.send();
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

    /** The same names with dots, at an OpenTelemetry collector. */
    private static void awaitExported(Set<String> names) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Set<String> missing = new TreeSet<>(names);
        while (!missing.isEmpty()) {
            assertThat(System.nanoTime())
                    .as("not exported %s, but %s", missing, OTLP.names())
                    .isLessThan(end);
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            OTLP.names().forEach(name -> missing.remove(name.replace('.', '_')));
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
