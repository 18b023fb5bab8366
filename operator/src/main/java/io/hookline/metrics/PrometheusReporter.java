/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.util.NetUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves what this process measures at {@code /metrics}, in Prometheus' text format. */
final class PrometheusReporter implements MetricReporter {
    private static final Logger LOG = LoggerFactory.getLogger(PrometheusReporter.class);
    private static final String HOST = "hookline.metrics.host";
    private static final String LOOPBACK = "127.0.0.1";
    private static final String PORTS = "9249-9260";
    private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Exposition exposition = new Exposition();
    private @Nullable HttpServer server;
    private @Nullable ExecutorService thread;

    @Override
    public void open(MetricConfig config) {
        String host = config.getString("host", configuredHost());
        String ports = config.getString("port", PORTS);
        HttpServer bound = bind(host, ports);
        ExecutorService one =
                Executors.newSingleThreadExecutor(
                        work -> {
                            Thread made = new Thread(work, "hookline-metrics");
                            made.setDaemon(true);
                            return made;
                        });
        bound.setExecutor(one);
        bound.createContext("/", this::answer);
        bound.start();
        server = bound;
        thread = one;
        LOG.info("metrics for Prometheus at http:/{}/metrics", bound.getAddress());
    }

    /** Every process of a cluster has the same configuration file. */
    private static String configuredHost() {
        if (System.getenv("FLINK_CONF_DIR") == null) {
            return LOOPBACK;
        }
        Configuration configuration = GlobalConfiguration.loadConfiguration();
        return configuration.getString(HOST, LOOPBACK);
    }

    private static HttpServer bind(String host, String ports) {
        try {
            InetAddress address = InetAddress.getByName(host);
            Iterator<Integer> candidates = NetUtils.getPortRangeFromString(ports);
            while (candidates.hasNext()) {
                try {
                    return HttpServer.create(new InetSocketAddress(address, candidates.next()), 0);
                } catch (BindException e) {
                    LOG.debug("a port for metrics is taken", e);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "metrics can't be served at '%s': %s".formatted(host, e.getMessage()), e);
        }
        throw new IllegalArgumentException(
                "no free port among '%s' at '%s' for metrics".formatted(ports, host));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean asked = exchange.getRequestURI().getPath().equals("/metrics");
            byte[] text =
                    (asked ? exposition.text() : "metrics are at /metrics\n")
                            .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", TYPE);
            exchange.sendResponseHeaders(asked ? 200 : 404, text.length);
            exchange.getResponseBody().write(text);
        }
    }

    /** Where it listens. */
    InetSocketAddress address() {
        if (server == null) {
            throw new IllegalStateException("the reporter is not open");
        }
        return server.getAddress();
    }

    @Override
    public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
        exposition.add(metric, name, group);
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
        exposition.remove(metric);
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
        }
        if (thread != null) {
            thread.shutdownNow();
        }
    }
}
