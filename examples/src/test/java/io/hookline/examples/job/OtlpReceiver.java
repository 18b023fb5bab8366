/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an OpenTelemetry collector is to those that export to it: gRPC on the loopback. */
final class OtlpReceiver implements MetricsServiceGrpc.AsyncService, AutoCloseable {
    private final Server server;
    private final Map<String, Set<String>> attributes = new ConcurrentHashMap<>();
    private final Set<String> services = ConcurrentHashMap.newKeySet();

    OtlpReceiver() throws IOException {
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addService(MetricsServiceGrpc.bindService(this))
                        .build()
                        .start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getPort();
    }

    /** Names of the metrics that have come. */
    Set<String> names() {
        return new TreeSet<>(attributes.keySet());
    }

    /** What has come as attributes of a metric, {@code key=value}. */
    Set<String> attributes(String metric) {
        return attributes.getOrDefault(metric, Set.of());
    }

    /** Names of the services that export. */
    Set<String> services() {
        return services;
    }

    @Override
    public void export(
            ExportMetricsServiceRequest request,
            StreamObserver<ExportMetricsServiceResponse> answer) {
        for (ResourceMetrics resource : request.getResourceMetricsList()) {
            pairs(resource.getResource().getAttributesList())
                    .filter(each -> each.startsWith("service.name="))
                    .forEach(services::add);
            resource.getScopeMetricsList().stream()
                    .flatMap(scope -> scope.getMetricsList().stream())
                    .forEach(this::take);
        }
        answer.onNext(ExportMetricsServiceResponse.getDefaultInstance());
        answer.onCompleted();
    }

    private void take(Metric metric) {
        attributes
                .computeIfAbsent(metric.getName(), first -> ConcurrentHashMap.newKeySet())
                .addAll(points(metric).collect(Collectors.toSet()));
    }

    private static Stream<String> points(Metric metric) {
        return Stream.of(
                        metric.getGauge().getDataPointsList().stream()
                                .map(point -> point.getAttributesList()),
                        metric.getSum().getDataPointsList().stream()
                                .map(point -> point.getAttributesList()),
                        metric.getSummary().getDataPointsList().stream()
                                .map(point -> point.getAttributesList()))
                .flatMap(all -> all)
                .flatMap(OtlpReceiver::pairs);
    }

    private static Stream<String> pairs(List<KeyValue> attributes) {
        return attributes.stream()
                .map(each -> each.getKey() + "=" + each.getValue().getStringValue());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
