/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.model.ModulePattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The limits of rules on the control topic, as lines in charts of the signals that they look at.
 * Reads what it understands of a rule and draws nothing for the rest: whether a rule is right is
 * for the job to say.
 */
final class RuleLines {
    private static final String PREFIX = "rule/";
    private static final int MAX_RULES = 500;
    private static final int MOST = Integer.MAX_VALUE;

    private final Map<String, JsonNode> bodies = new TreeMap<>();

    /**
     * Takes an entry of the control topic.
     *
     * @param body a missing node when it was removed
     */
    void enter(String key, JsonNode body) {
        if (!key.startsWith(PREFIX)) {
            return;
        }
        bodies.remove(key);
        if (body.isObject() && bodies.size() < MAX_RULES) {
            bodies.put(key, body);
        }
    }

    /** The lines of a series. */
    List<ObjectNode> of(SignalLog.Name series) {
        List<ObjectNode> lines = new ArrayList<>();
        bodies.forEach(
                (key, rule) -> {
                    if (looksAt(rule, series)) {
                        add(key.substring(PREFIX.length()), rule, lines);
                    }
                });
        return lines;
    }

    private static boolean looksAt(JsonNode rule, SignalLog.Name series) {
        return isOrAbsent(rule.path("signal"), series.signal())
                && isOrAbsent(rule.path("kind"), series.kind())
                && isOrAbsent(rule.path("io"), series.io())
                && isWithin(rule.path("modules"), series.module());
    }

    private static boolean isOrAbsent(JsonNode wanted, String value) {
        return wanted.isMissingNode() || wanted.asText().equals(value);
    }

    private static boolean isWithin(JsonNode modules, String path) {
        if (modules.isMissingNode()) {
            return true;
        }
        for (JsonNode pattern : modules) {
            if (matches(pattern.asText(), path)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String pattern, String path) {
        try {
            // Rules do not count from a list's end, so its length is all the same.
            return ModulePattern.of(pattern).matches(path, list -> MOST);
        } catch (IllegalArgumentException e) {
            // The job has refused the rule.
            return false;
        }
    }

    private static void add(String name, JsonNode rule, List<ObjectNode> lines) {
        JsonNode detector = rule.path("detector");
        Stream.of("above", "below")
                .map(detector::path)
                .filter(JsonNode::isNumber)
                .forEach(
                        limit ->
                                lines.add(
                                        Json.object()
                                                .put("rule", Json.cut(name, 200))
                                                .put("detector", detector.path("type").asText())
                                                .put(
                                                        "severity",
                                                        rule.path("severity").asText("warning"))
                                                .put("threshold", limit.asDouble())));
    }
}
