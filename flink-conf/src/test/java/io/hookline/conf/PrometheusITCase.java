/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.conf;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules as Prometheus reads them, and each of them firing in one. */
@Tag("prometheus")
final class PrometheusITCase {
    private static final Path MONITORING = Path.of("monitoring");
    private static final Path RULES = MONITORING.resolve("hookline-rules.yml");
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir private Path folder;

    @Test
    void configuration_andRules_areWhatPrometheusReads() throws Exception {
        assertThat(Tool.run(MONITORING, "promtool", "check", "config", "prometheus.yml"))
                .contains("SUCCESS");
    }

    @Test
    void rules_inTheirCases_fireWhenTheyShould() throws Exception {
        assertThat(Tool.run(MONITORING, "promtool", "test", "rules", "hookline-rules.test.yml"))
                .contains("SUCCESS");
        String cases = Files.readString(MONITORING.resolve("hookline-rules.test.yml"));
        assertThat(names(RULES)).isNotEmpty().allMatch(cases::contains);
    }

    /**
     * A copy of the rules with short durations, on numbers of a cluster where everything is wrong,
     * through to the Alertmanager.
     */
    @Test
    void rules_onAClusterWhereAllIsWrong_reachTheAlertmanager() throws Exception {
        HttpServer broken = brokenCluster();
        int prometheusPort = freePort();
        int alertmanagerPort = freePort();
        writeConfiguration(broken.getAddress().getPort(), alertmanagerPort);
        Process alertmanager =
                Tool.start(folder, "alertmanager.log", alertmanager(alertmanagerPort));
        Process prometheus = Tool.start(folder, "prometheus.log", prometheus(prometheusPort));
        try {
            Set<String> fired = new TreeSet<>();
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!fired.equals(names(RULES))) {
                assertThat(System.nanoTime()).as("fired only %s", fired).isLessThan(end);
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
                fired.addAll(alertsAt(alertmanagerPort));
            }
        } finally {
            stop(prometheus);
            stop(alertmanager);
            broken.stop(0);
        }
    }

    private void writeConfiguration(int cluster, int alertmanager) throws IOException {
        String rules =
                Files.readString(RULES)
                        .replaceAll("for: \\d+m", "for: 1s")
                        .replaceAll("\\[\\d+m]", "[6s]");
        Files.writeString(folder.resolve("rules.yml"), rules);
        Files.writeString(
                folder.resolve("alertmanager.yml"),
                "route: {receiver: none, group_wait: 0s}\nreceivers: [{name: none}]\n");
        Files.writeString(
                folder.resolve("prometheus.yml"),
                """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: [rules.yml]
                scrape_configs: [{job_name: flink, static_configs: [{targets: ["127.0.0.1:%d"]}]}]
                alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:%d"]}]}]}
                """
                        .formatted(cluster, alertmanager));
    }

    private List<String> prometheus(int port) {
        return List.of(
                "prometheus",
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=data",
                "--web.listen-address=127.0.0.1:" + port);
    }

    private List<String> alertmanager(int port) {
        return List.of(
                "prometheus-alertmanager",
                "--config.file=alertmanager.yml",
                "--storage.path=alerts",
                "--cluster.listen-address=",
                "--web.listen-address=127.0.0.1:" + port);
    }

    /** Requests come, a tenth of them fails; and no other number is as it should be. */
    private static HttpServer brokenCluster() throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicLong scrapes = new AtomicLong();
        server.createContext(
                "/metrics",
                exchange -> {
                    byte[] text = metrics(scrapes.incrementAndGet());
                    exchange.getResponseHeaders().set("Content-Type", "text/plain");
                    exchange.sendResponseHeaders(200, text.length);
                    exchange.getResponseBody().write(text);
                    exchange.close();
                });
        server.start();
        return server;
    }

    private static byte[] metrics(long scrape) {
        String operator = "flink_taskmanager_job_task_operator_";
        String inference = operator + "inference_";
        return """
               flink_jobmanager_numRunningJobs 0
               flink_jobmanager_job_numRestarts{job_name="j"} %1$d
               flink_jobmanager_job_numberOfFailedCheckpoints{job_name="j"} %1$d
               flink_jobmanager_job_lastCheckpointDuration{job_name="j"} 90000
               Iinference_requests{job_name="j"} %2$d
               Iinference_requests_failure{job_name="j"} %1$d
               Icause_deadLetters{job_name="j",cause="TIMED_OUT"} %1$d
               Iinference_requests_success{job_name="stuck"} 5
               Iinference_requests_failure{job_name="stuck"} 0
               IbufferedElements{job_name="stuck"} 8
               Iinference_latency_ms{job_name="j",quantile="0.99"} 15000
               OpendingRecords{job_name="j"} 20000
               OnumRecordsSendErrors{job_name="j"} %1$d
               Omodels_modelLoadFailures{job_name="j"} %1$d
               IcontrolVersion{job_name="j",subtask_index="0"} 1
               IcontrolVersion{job_name="j",subtask_index="1"} 2
               """
                .formatted(scrape, scrape * 10)
                .replaceAll("(?m)^I", inference)
                .replaceAll("(?m)^O", operator)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Set<String> alertsAt(int port) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:" + port + "/api/v2/alerts?active=true"))
                        .build();
        try {
            String body = CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
            return found("\"alertname\":\"(\\w+)\"", body);
        } catch (IOException e) {
            // It has not started to listen yet.
            return Set.of();
        }
    }

    private static Set<String> names(Path rules) throws IOException {
        return found("- alert: (\\w+)", Files.readString(rules));
    }

    private static Set<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
