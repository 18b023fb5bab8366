/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static java.util.Objects.requireNonNull;

import io.hookline.schema.Destination;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * Which topic each destination has.
 *
 * <p>In a module path, a character that a topic's name cannot have becomes its code point in
 * hexadecimal digits between hyphens: {@code layers[0]} is {@code layers-5b-0-5d-}. A name longer
 * than {@value #MAX_LENGTH} characters is cut and ends in a checksum of the whole. Both may make
 * two module paths one topic, and Kafka itself does not tell {@code .} from {@code _}: {@link
 * #check} finds such collisions.
 */
public final class TopicRouting implements Serializable {
    /** The longest name that Kafka takes. */
    static final int MAX_LENGTH = 249;

    private static final Pattern ILLEGAL = Pattern.compile("[^a-zA-Z0-9._-]");

    private final TopicNames names;

    public TopicRouting(TopicNames names) {
        this.names = names;
    }

    /** The topic of a destination; every destination has one. */
    public String topic(Destination destination) {
        if (destination instanceof Destination.Held held) {
            return topic(new Destination.Activations(held.modulePath()));
        }
        if (destination instanceof Destination.Activations activations) {
            String module = escape(activations.modulePath());
            return shorten(
                    names.prefix() + names.activationsPattern().replace(TopicNames.MODULE, module));
        }
        return names.prefix() + requireNonNull(fixed().get(destination), "destination");
    }

    /**
     * Makes sure that some destinations can all have their topics.
     *
     * @throws KafkaSetupException naming every two that cannot
     */
    public void check(Collection<? extends Destination> destinations) {
        List<String> problems = new ArrayList<>();
        Collisions collisions = new Collisions(problems);
        for (Destination destination : destinations) {
            collisions.add(topic(destination), describe(destination));
        }
        KafkaSetupException.throwIfAny(problems);
    }

    /** Matches every topic that any destination can have. */
    public Pattern pattern() {
        String activations = names.activationsPattern();
        int module = activations.indexOf(TopicNames.MODULE);
        String all =
                module < 0
                        ? Pattern.quote(activations)
                        : Pattern.quote(activations.substring(0, module)) + ".*";
        String others =
                fixed().values().stream().map(Pattern::quote).collect(Collectors.joining("|"));
        return Pattern.compile(Pattern.quote(names.prefix()) + "(" + all + "|" + others + ")");
    }

    /** What is wrong with the names in some settings, among themselves and with those read. */
    static List<String> problemsOf(KafkaSettings settings) {
        List<String> problems = new ArrayList<>();
        TopicNames names = settings.topics();
        TopicRouting routing = new TopicRouting(names);
        Map<String, String> topics = new LinkedHashMap<>();
        topics.put(KafkaOptions.EVENTS_TOPIC.key(), settings.events().topic());
        topics.put(KafkaOptions.CONTROL_TOPIC.key(), settings.control().topic());
        topics.put(KafkaOptions.TOPICS_RESULTS.key(), names.prefix() + names.results());
        topics.put(KafkaOptions.TOPICS_DEAD_LETTERS.key(), names.prefix() + names.deadLetters());
        topics.put(KafkaOptions.TOPICS_SIGNALS.key(), names.prefix() + names.signals());
        topics.put(KafkaOptions.TOPICS_ALERTS.key(), names.prefix() + names.alerts());
        topics.put(KafkaOptions.TOPICS_MODELS.key(), names.prefix() + names.models());
        topics.put(
                KafkaOptions.TOPICS_ACTIVATIONS_PATTERN.key(),
                routing.topic(new Destination.Activations("module")));
        Collisions collisions = new Collisions(problems);
        topics.forEach(
                (option, topic) -> {
                    checkName(option, topic, problems);
                    collisions.add(topic, "'%s'".formatted(option));
                });
        return problems;
    }

    private static void checkName(String option, String topic, List<String> problems) {
        String illegal =
                ILLEGAL.matcher(topic)
                        .results()
                        .map(match -> "'" + match.group() + "'")
                        .distinct()
                        .collect(Collectors.joining(", "));
        if (!illegal.isEmpty()) {
            problems.add(
                    ("'%s' makes the topic '%s', which must not contain %s: letters, digits, '.',"
                                    + " '_' and '-' are allowed%s")
                            .formatted(option, topic, illegal, placeholderHint(option)));
        } else if (topic.length() > MAX_LENGTH) {
            problems.add(
                    "'%s' makes a topic of %d characters; %d are allowed"
                            .formatted(option, topic.length(), MAX_LENGTH));
        }
    }

    private static String placeholderHint(String option) {
        return option.equals(KafkaOptions.TOPICS_ACTIVATIONS_PATTERN.key())
                ? ", and " + TopicNames.MODULE
                : "";
    }

    private Map<Destination, String> fixed() {
        return Map.of(
                new Destination.Results(), names.results(),
                new Destination.DeadLetters(), names.deadLetters(),
                new Destination.Signals(), names.signals(),
                new Destination.Alerts(), names.alerts(),
                new Destination.Models(), names.models());
    }

    private String describe(Destination destination) {
        if (destination instanceof Destination.Held held) {
            return describe(new Destination.Activations(held.modulePath()));
        }
        boolean ofModule = names.activationsPattern().contains(TopicNames.MODULE);
        return destination instanceof Destination.Activations activations && ofModule
                ? "module '%s'".formatted(activations.modulePath())
                : "'%s'".formatted(destination.getClass().getSimpleName());
    }

    private static String escape(String modulePath) {
        return ILLEGAL.matcher(modulePath)
                .replaceAll(match -> "-" + Integer.toHexString(match.group().codePointAt(0)) + "-");
    }

    private static String shorten(String topic) {
        if (topic.length() <= MAX_LENGTH) {
            return topic.matches("\\.{1,2}") ? topic.replace(".", "-2e-") : topic;
        }
        CRC32C checksum = new CRC32C();
        checksum.update(topic.getBytes(StandardCharsets.UTF_8));
        String end = "-%08x".formatted(checksum.getValue());
        return topic.substring(0, MAX_LENGTH - end.length()) + end;
    }
}
