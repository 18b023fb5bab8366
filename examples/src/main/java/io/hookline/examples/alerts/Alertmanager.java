/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.Alert;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * Prometheus' Alertmanager, by version 2 of its interface.
 *
 * @param base where it is served, e.g. {@code http://127.0.0.1:9093}
 * @param lasting how long an alert fires there when nobody says that it is resolved
 */
record Alertmanager(URI base, Duration lasting, Clock clock) implements Receiver {
    @Override
    public URI uri() {
        String root = base.toString();
        return URI.create((root.endsWith("/") ? root : root + "/") + "api/v2/alerts");
    }

    @Override
    public JsonNode message(List<Alert> alerts) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Alert alert : alerts) {
            ObjectNode each = all.addObject();
            AlertWords.labels(alert).forEach(each.putObject("labels")::put);
            AlertWords.annotations(alert).forEach(each.putObject("annotations")::put);
            each.put("startsAt", alert.getStartedAt().toString());
            each.put(
                    "endsAt",
                    AlertWords.isFiring(alert)
                            ? clock.instant().plus(lasting).toString()
                            : alert.getEventTime().toString());
        }
        return all;
    }
}
