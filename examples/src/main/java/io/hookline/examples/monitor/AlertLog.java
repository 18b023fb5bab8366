/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.Alert;
import io.hookline.schema.Exemplar;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The newest state of each alert, and the last changes. */
final class AlertLog {
    private static final List<String> WORST_FIRST = List.of("critical", "warning", "info");
    private static final int MAX_ALERTS = 500;
    private static final int MAX_CHANGES = 500;
    private static final int MAX_IDS = 50;
    private static final int MAX_TEXT = 500;

    private final LinkedHashMap<String, ObjectNode> alerts =
            new LinkedHashMap<>(MAX_ALERTS, 0.75f, true);
    private final Deque<ObjectNode> changes = new ArrayDeque<>();
    private long version;

    /** Grows with every change. */
    long version() {
        return version;
    }

    void enter(Alert alert) {
        version++;
        ObjectNode node = describe(alert);
        alerts.put(alert.getFingerprint(), node);
        if (alerts.size() > MAX_ALERTS) {
            alerts.remove(alerts.keySet().iterator().next());
        }
        changes.addFirst(node);
        if (changes.size() > MAX_CHANGES) {
            changes.removeLast();
        }
    }

    /** How many fire now. */
    long firing() {
        return alerts.values().stream().filter(AlertLog::isFiring).count();
    }

    /** How far from the worst severity; what has ended is all alike. */
    private static int mildness(ObjectNode alert) {
        return isFiring(alert) ? WORST_FIRST.indexOf(alert.path("severity").asText()) : 0;
    }

    private static boolean isFiring(ObjectNode alert) {
        return alert.path("state").asText().equals("firing");
    }

    /** The newest state of each: firing ones first, the worst of them, then the newest. */
    ArrayNode current() {
        List<ObjectNode> sorted = new ArrayList<>(alerts.values());
        sorted.sort(
                Comparator.comparing((ObjectNode alert) -> isFiring(alert) ? 0 : 1)
                        .thenComparing(AlertLog::mildness)
                        .thenComparing(alert -> -alert.path("eventTime").asLong()));
        return Json.array().addAll(sorted);
    }

    /** The last changes, newest first. */
    ArrayNode changes() {
        return Json.array().addAll(changes);
    }

    /** Thresholds that alerts on a signal at a module were decided by, by rule. */
    Map<String, ObjectNode> thresholds(String signal, String module) {
        Map<String, ObjectNode> found = new LinkedHashMap<>();
        for (ObjectNode alert : alerts.values()) {
            if (alert.path("signal").asText().equals(signal)
                    && alert.path("module").asText().equals(module)) {
                found.put(
                        alert.path("rule").asText(),
                        Json.object()
                                .put("rule", alert.path("rule").asText())
                                .put("detector", alert.path("detector").asText())
                                .put("severity", alert.path("severity").asText())
                                .put("threshold", alert.path("threshold").asDouble()));
            }
        }
        return found;
    }

    private static ObjectNode describe(Alert alert) {
        ObjectNode node =
                Json.object()
                        .put("fingerprint", alert.getFingerprint())
                        .put("state", alert.getState())
                        .put("severity", alert.getSeverity())
                        .put("rule", Json.cut(alert.getRule(), MAX_TEXT))
                        .put("ruleVersion", alert.getRuleVersion())
                        .put("detector", alert.getDetector())
                        .put("alertKey", Json.cut(alert.getKey(), MAX_TEXT))
                        .put("module", alert.getModulePath())
                        .put("signal", alert.getSignal())
                        .put("value", alert.getValue())
                        .put("threshold", alert.getThreshold())
                        .put("windowStart", millis(alert.getWindowStart()))
                        .put("windowEnd", millis(alert.getWindowEnd()))
                        .put("startedAt", alert.getStartedAt().toEpochMilli())
                        .put("eventTime", alert.getEventTime().toEpochMilli())
                        .put("summary", Json.cut(alert.getSummary(), MAX_TEXT))
                        .put("model", Json.cut(alert.getModel(), MAX_TEXT))
                        .put("tenant", Json.cut(alert.getTenant(), MAX_TEXT))
                        .put("session", Json.cut(alert.getSession(), MAX_TEXT));
        node.set("labels", Json.strings(alert.getLabels()));
        ArrayNode ids = node.putArray("eventIds");
        List<String> all = alert.getEventIds();
        all.subList(Math.max(0, all.size() - MAX_IDS), all.size())
                .forEach(id -> ids.add(Json.cut(id, MAX_TEXT)));
        ArrayNode exemplars = node.putArray("exemplars");
        alert.getExemplars().stream()
                .limit(MAX_IDS)
                .forEach(exemplar -> describe(exemplar, exemplars.addObject()));
        return node;
    }

    private static void describe(Exemplar exemplar, ObjectNode node) {
        node.put("eventId", Json.cut(exemplar.getEventId(), MAX_TEXT))
                .put("event", EventKey.of(exemplar.getSource()).text())
                .put("invocation", exemplar.getInvocation())
                .put("step", exemplar.getStep())
                .put("value", exemplar.getValue())
                .put("eventTime", exemplar.getEventTime().toEpochMilli());
    }

    private static @Nullable Long millis(Optional<Instant> time) {
        return time.map(Instant::toEpochMilli).orElse(null);
    }
}
