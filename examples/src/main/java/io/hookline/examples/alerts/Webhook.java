/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.Alert;
import java.net.URI;
import java.util.List;

/** Anything that takes the messages which Alertmanager sends to webhooks, in their version 4. */
record Webhook(URI uri) implements Receiver {
    private static final String NOT_YET = "0001-01-01T00:00:00Z";

    @Override
    public JsonNode message(List<Alert> alerts) {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        message.put("version", "4")
                .put("groupKey", "hookline")
                .put("truncatedAlerts", 0)
                .put(
                        "status",
                        alerts.stream().anyMatch(AlertWords::isFiring) ? "firing" : "resolved")
                .put("receiver", "hookline");
        message.putObject("groupLabels");
        message.putObject("commonLabels");
        message.putObject("commonAnnotations");
        message.put("externalURL", "");
        ArrayNode all = message.putArray("alerts");
        for (Alert alert : alerts) {
            ObjectNode each = all.addObject().put("status", alert.getState());
            AlertWords.labels(alert).forEach(each.putObject("labels")::put);
            AlertWords.annotations(alert).forEach(each.putObject("annotations")::put);
            each.put("startsAt", alert.getStartedAt().toString())
                    .put(
                            "endsAt",
                            AlertWords.isFiring(alert) ? NOT_YET : alert.getEventTime().toString())
                    .put("generatorURL", "")
                    .put("fingerprint", alert.getFingerprint());
        }
        return message;
    }
}
