/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import io.hookline.schema.Alert;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** An alert in the terms of Prometheus: labels, which say which it is, and annotations. */
final class AlertWords {
    private AlertWords() {}

    /**
     * The labels. They are the same when it fires and when it is resolved: nothing is among them
     * that could change meanwhile.
     */
    static Map<String, String> labels(Alert alert) {
        Map<String, String> labels = new TreeMap<>(alert.getLabels());
        labels.put("alertname", alert.getRule());
        labels.put("severity", alert.getSeverity());
        labels.put("detector", alert.getDetector());
        labels.put("module", alert.getModulePath());
        labels.put("signal", alert.getSignal());
        labels.put("fingerprint", alert.getFingerprint());
        alert.getKey().ifPresent(key -> labels.put("key", key));
        labels.values().removeIf(String::isEmpty);
        return labels;
    }

    /** What a person wants to know. */
    static Map<String, String> annotations(Alert alert) {
        Map<String, String> words = new TreeMap<>();
        words.put("summary", alert.getSummary());
        words.put("value", number(alert.getValue()));
        words.put("threshold", number(alert.getThreshold()));
        words.put("rule_version", Long.toString(alert.getRuleVersion()));
        words.put("event_ids", String.join(" ", alert.getEventIds()));
        alert.getModel().ifPresent(model -> words.put("model", model));
        alert.getTenant().ifPresent(tenant -> words.put("tenant", tenant));
        alert.getSession().ifPresent(session -> words.put("session", session));
        alert.getWindowStart().ifPresent(start -> words.put("window_start", start.toString()));
        alert.getWindowEnd().ifPresent(end -> words.put("window_end", end.toString()));
        return words;
    }

    static boolean isFiring(Alert alert) {
        return alert.getState().equals("firing");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.6g", value);
    }
}
