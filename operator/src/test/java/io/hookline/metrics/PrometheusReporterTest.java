/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.flink.metrics.CharacterFilter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.LogicalScopeProvider;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.metrics.reporter.MetricReporterFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The endpoint, asked as Prometheus asks. */
final class PrometheusReporterTest {
    private final PrometheusReporter reporter = new PrometheusReporter();

    @AfterEach
    void close() {
        reporter.close();
    }

    @Test
    void host_notGiven_isTheLoopback() {
        open("port", "0");
        assertThat(reporter.address().getAddress().isLoopbackAddress()).isTrue();
    }

    @Test
    void port_thatIsTaken_givesWayToTheNext() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            open("port", port + "," + (port - 1) + "," + (port - 2) + "," + (port - 3));
            assertThat(reporter.address().getPort()).isNotEqualTo(port);
        }
    }

    @Test
    void ports_allTaken_areNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThatThrownBy(() -> open("port", port))
                    .hasMessage("no free port among '%s' at '127.0.0.1' for metrics", port);
        }
    }

    @Test
    void metrics_ofEachKind_areWrittenAsPrometheusReadsThem() throws Exception {
        open("port", "0");
        Counter counter = new SimpleCounter();
        counter.inc(3);
        MetricGroup group = new Scope(Map.of("<host>", "a\"b\\c", "<task_name>", "t"));
        reporter.notifyOfAddedMetric(counter, "dead-letters", group);
        reporter.notifyOfAddedMetric((Gauge<Double>) () -> Double.NaN, "loss", group);
        reporter.notifyOfAddedMetric((Gauge<Boolean>) () -> true, "open", group);
        reporter.notifyOfAddedMetric((Gauge<String>) () -> "text", "words", group);
        assertThat(scrape("/metrics").lines())
                .containsExactly(
                        "# TYPE flink_job_task_dead_letters gauge",
                        "flink_job_task_dead_letters{host=\"a\\\"b\\\\c\",task_name=\"t\"} 3.0",
                        "# TYPE flink_job_task_loss gauge",
                        "flink_job_task_loss{host=\"a\\\"b\\\\c\",task_name=\"t\"} NaN",
                        "# TYPE flink_job_task_open gauge",
                        "flink_job_task_open{host=\"a\\\"b\\\\c\",task_name=\"t\"} 1.0");

        reporter.notifyOfRemovedMetric(counter, "dead-letters", group);
        assertThat(scrape("/metrics")).doesNotContain("dead_letters");
    }

    @Test
    void gauge_thatFails_leavesTheOthers() throws Exception {
        open("port", "0");
        MetricGroup group = new Scope(Map.of());
        Gauge<Integer> broken =
                () -> {
                    throw new IllegalStateException("its task has ended");
                };
        reporter.notifyOfAddedMetric(broken, "broken", group);
        reporter.notifyOfAddedMetric((Gauge<Integer>) () -> 7, "well", group);
        assertThat(scrape("/metrics").lines()).contains("flink_job_task_well 7.0");
    }

    @Test
    void factory_isFoundByFlink() {
        assertThat(ServiceLoader.load(MetricReporterFactory.class))
                .hasAtLeastOneElementOfType(PrometheusReporterFactory.class);
    }

    private void open(String key, String value) {
        MetricConfig config = new MetricConfig();
        config.setProperty(key, value);
        reporter.open(config);
    }

    private String scrape(String path) throws Exception {
        HttpURLConnection connection =
                (HttpURLConnection)
                        URI.create("http://127.0.0.1:" + reporter.address().getPort() + path)
                                .toURL()
                                .openConnection();
        try (var in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A scope as Flink makes them. */
    private static final class Scope extends UnregisteredMetricsGroup
            implements LogicalScopeProvider {
        private final Map<String, String> variables;

        Scope(Map<String, String> variables) {
            this.variables = variables;
        }

        @Override
        public Map<String, String> getAllVariables() {
            return variables;
        }

        @Override
        public String getLogicalScope(CharacterFilter filter) {
            return getLogicalScope(filter, '.');
        }

        @Override
        public String getLogicalScope(CharacterFilter filter, char delimiter) {
            return String.join(String.valueOf(delimiter), List.of("job", "task"));
        }

        @Override
        public MetricGroup getWrappedMetricGroup() {
            return this;
        }
    }
}
