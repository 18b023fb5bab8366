/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Questions to the brokers about topics, and the making of topics; closes its client. */
final class TopicAdmin implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicAdmin.class);

    private static final String TIMEOUT_MS = "30000";
    private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(20);

    /**
     * A topic as it should be.
     *
     * @param configs settings by Kafka's names
     */
    record Wanted(String name, int partitions, Map<String, String> configs) {}

    private final KafkaConnection connection;
    private final Admin admin;

    TopicAdmin(KafkaConnection connection) {
        this.connection = connection;
        this.admin =
                Admin.create(
                        connection.config(
                                Map.of(
                                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                                        TIMEOUT_MS,
                                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                                        "15000")));
    }

    Admin admin() {
        return admin;
    }

    /** Makes sure that somebody is there to be asked. */
    int anyBroker() {
        return answer(admin.describeCluster().nodes()).iterator().next().id();
    }

    /** Partition counts of those topics that exist. */
    Map<String, Integer> partitions(Collection<String> topics) {
        Map<String, Integer> counts = new HashMap<>();
        List<String> problems = new ArrayList<>();
        Map<String, KafkaFuture<TopicDescription>> answers =
                admin.describeTopics(topics).topicNameValues();
        answers.forEach(
                (topic, future) ->
                        failure(future)
                                .ifPresentOrElse(
                                        failure -> {
                                            if (!(failure
                                                    instanceof UnknownTopicOrPartitionException)) {
                                                problems.add(problem(topic, lasting(failure)));
                                            }
                                        },
                                        () ->
                                                counts.put(
                                                        topic,
                                                        answer(future).partitions().size())));
        KafkaSetupException.throwIfAny(problems);
        return counts;
    }

    /** The largest record that a topic accepts; empty when the brokers do not tell us. */
    OptionalInt largestMessage(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        KafkaFuture<Map<ConfigResource, Config>> answer =
                admin.describeConfigs(List.of(resource)).all();
        Optional<Throwable> failure = failure(answer);
        if (failure.isPresent()) {
            LOG.warn("can't see what topic '{}' accepts: {}", topic, failure.get().getMessage());
            return OptionalInt.empty();
        }
        Config config = answer(answer).get(resource);
        ConfigEntry entry =
                config == null ? null : config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        return entry == null
                ? OptionalInt.empty()
                : OptionalInt.of(Integer.parseInt(entry.value()));
    }

    /** Partition counts of all topics whose whole name matches. */
    Map<String, Integer> partitions(Pattern names) {
        return partitions(
                answer(admin.listTopics().names()).stream()
                        .filter(names.asMatchPredicate())
                        .toList());
    }

    /**
     * Makes sure that topics exist; those that do stay as they are.
     *
     * @return partition counts of all of them
     * @throws KafkaSetupException naming every topic that is missing and cannot or must not be made
     */
    Map<String, Integer> ensure(Collection<Wanted> wanted, TopicCreation creation) {
        Map<String, Wanted> byName = new LinkedHashMap<>();
        wanted.forEach(topic -> byName.putIfAbsent(topic.name(), topic));
        Map<String, Integer> counts = partitions(byName.keySet());
        byName.keySet().removeAll(counts.keySet());
        if (!byName.isEmpty()) {
            if (!creation.allowed()) {
                throw new KafkaSetupException(List.of(missing(byName.keySet())));
            }
            create(byName.values(), creation);
            counts.putAll(awaitVisible(byName.keySet()));
        }
        return counts;
    }

    private void create(Collection<Wanted> missing, TopicCreation creation) {
        List<NewTopic> topics = missing.stream().map(topic -> newTopic(topic, creation)).toList();
        List<String> problems = new ArrayList<>();
        admin.createTopics(topics)
                .values()
                .forEach(
                        (topic, future) ->
                                failure(future)
                                        .filter(
                                                failure ->
                                                        !(failure instanceof TopicExistsException))
                                        .ifPresent(
                                                failure ->
                                                        problems.add(
                                                                problem(topic, lasting(failure)))));
        KafkaSetupException.throwIfAny(problems);
    }

    private static NewTopic newTopic(Wanted topic, TopicCreation creation) {
        Map<String, String> configs = new HashMap<>(creation.configs());
        configs.putAll(topic.configs());
        return new NewTopic(
                        topic.name(),
                        Optional.of(topic.partitions()),
                        Optional.ofNullable(creation.replicationFactor()).map(Integer::shortValue))
                .configs(configs);
    }

    /** A topic is made by the controller; brokers hear of it a moment later. */
    private Map<String, Integer> awaitVisible(Collection<String> topics) {
        long deadline = System.nanoTime() + VISIBLE_WITHIN.toNanos();
        Map<String, Integer> counts = partitions(topics);
        while (counts.size() < topics.size()) {
            if (System.nanoTime() > deadline) {
                throw new KafkaSetupException(
                        List.of("topics were made and are still not there: " + topics));
            }
            pause();
            counts = partitions(topics);
        }
        return counts;
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN_AFTER.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaSetupException("interrupted while topics were made", e);
        }
    }

    private static String missing(Collection<String> topics) {
        return "%d topics are missing and '%s' is false: %s"
                .formatted(
                        topics.size(), KafkaOptions.TOPICS_CREATE.key(), String.join(", ", topics));
    }

    /** The failure, unless trying again may help: then that is all there is to say. */
    private Throwable lasting(Throwable failure) {
        if (failure instanceof RetriableException) {
            throw notAnswering(failure);
        }
        return failure;
    }

    private static String problem(String topic, Throwable failure) {
        return "topic '%s': %s".formatted(topic, failure.getMessage());
    }

    private static Optional<Throwable> failure(KafkaFuture<?> future) {
        try {
            await(future);
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(reason(e));
        }
    }

    /** The answer, or the failure as a problem with these brokers. */
    <T> T answer(KafkaFuture<T> future) {
        try {
            return await(future);
        } catch (ExecutionException e) {
            throw notAnswering(reason(e));
        }
    }

    private KafkaSetupException notAnswering(Throwable reason) {
        return new KafkaSetupException(
                "brokers at '%s' do not answer as they should: %s"
                        .formatted(connection.bootstrapServers(), reason.getMessage()),
                reason);
    }

    private static Throwable reason(ExecutionException failure) {
        return failure.getCause() == null ? failure : failure.getCause();
    }

    private static <T> T await(KafkaFuture<T> future) throws ExecutionException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaSetupException("interrupted while the brokers were asked", e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
