/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import io.hookline.kafka.KafkaSettings;
import io.hookline.kafka.TopicNames;
import io.hookline.kafka.TopicRouting;
import io.hookline.schema.Destination;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which topics the monitor reads, and as what. */
final class MonitoredTopics {
    private final Map<String, TopicKind> fixed = new HashMap<>();
    private final Pattern outputs;

    MonitoredTopics(KafkaSettings settings) {
        TopicNames names = settings.topics();
        TopicRouting routing = new TopicRouting(names);
        fixed.put(routing.topic(new Destination.Results()), TopicKind.RESULTS);
        fixed.put(routing.topic(new Destination.DeadLetters()), TopicKind.DEAD_LETTERS);
        fixed.put(routing.topic(new Destination.Signals()), TopicKind.SIGNALS);
        fixed.put(routing.topic(new Destination.Alerts()), TopicKind.ALERTS);
        fixed.put(routing.topic(new Destination.Models()), TopicKind.MODELS);
        fixed.put(settings.control().topic(), TopicKind.CONTROL);
        outputs = routing.pattern();
    }

    /** What a topic holds; empty when the monitor does not read it. */
    Optional<TopicKind> kind(String topic) {
        TopicKind known = fixed.get(topic);
        if (known != null) {
            return Optional.of(known);
        }
        return outputs.matcher(topic).matches()
                ? Optional.of(TopicKind.ACTIVATIONS)
                : Optional.empty();
    }
}
