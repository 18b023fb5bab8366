/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.Destination;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.PublishedSchemas;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must hold on the brokers before a job starts. */
public final class Preflight {
    private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);
    private static final String MAX_TIMEOUT = "transaction.max.timeout.ms";

    /** To notice a failure, wait for the longest backoff of the shipped configuration and start. */
    private static final Duration RESTART = Duration.ofMinutes(3);

    private Preflight() {}

    /**
     * Makes sure that all topics are there and that the brokers allow the sink's transactions.
     *
     * @param destinations everything that the job may send before it learns of more
     * @throws KafkaSetupException naming everything that does not hold
     */
    public static void check(
            KafkaSettings settings, Collection<? extends Destination> destinations) {
        List<String> problems = new ArrayList<>();
        try (TopicAdmin admin = new TopicAdmin(settings.connection())) {
            int broker = admin.anyBroker();
            collect(
                    problems,
                    () -> {
                        Topics.ensureInputs(settings, admin);
                        checkDeadLettersFit(settings, admin);
                    });
            collect(
                    problems,
                    () ->
                            admin.ensure(
                                    Topics.outputs(settings, destinations), settings.creation()));
            if (settings.registry() != null) {
                collect(problems, () -> checkSchemas(settings));
            }
            if (settings.sink().guarantee() == DeliveryGuarantee.EXACTLY_ONCE) {
                collect(problems, () -> checkTransactionTimeout(settings, admin, broker));
            }
        }
        KafkaSetupException.throwIfAny(problems);
    }

    /**
     * Makes sure that a transaction outlives a failure of the job: it is open for as long as a
     * checkpoint interval when the failure comes, and is committed after the restart.
     *
     * @throws KafkaSetupException when it may not, and records of a checkpoint could be lost
     */
    public static void checkTransactions(KafkaSettings settings, Duration checkpointInterval) {
        Duration needed = checkpointInterval.plus(RESTART);
        Duration timeout = settings.sink().transactionTimeout();
        if (settings.sink().guarantee() == DeliveryGuarantee.EXACTLY_ONCE
                && timeout.compareTo(needed) < 0) {
            throw new KafkaSetupException(
                    List.of(
                            "'%s' is %d s, and must be at least %d s: a checkpoint every %d s and %d s for a restart"
                                    .formatted(
                                            KafkaOptions.SINK_TRANSACTION_TIMEOUT.key(),
                                            timeout.toSeconds(),
                                            needed.toSeconds(),
                                            checkpointInterval.toSeconds(),
                                            RESTART.toSeconds())));
        }
    }

    private static void collect(List<String> problems, Runnable step) {
        try {
            step.run();
        } catch (KafkaSetupException e) {
            problems.addAll(e.problems());
        }
    }

    /** A dead letter that can't be sent would end the job, at each restart again. */
    private static void checkDeadLettersFit(KafkaSettings settings, TopicAdmin admin) {
        int most = Topics.largestEvent(settings);
        List<String> problems = new ArrayList<>();
        for (String topic : List.of(settings.events().topic(), settings.control().topic())) {
            admin.largestMessage(topic)
                    .ifPresent(
                            accepted -> {
                                if (accepted > most) {
                                    problems.add(
                                            "topic '%s' accepts records of %d bytes, and a dead letter holds an event of at most %d, half of '%s': lower the topic's 'max.message.bytes' or raise that option"
                                                    .formatted(
                                                            topic,
                                                            accepted,
                                                            most,
                                                            KafkaOptions.SINK_MAX_REQUEST_SIZE
                                                                    .key()));
                                }
                            });
        }
        KafkaSetupException.throwIfAny(problems);
    }

    /** What records can't be framed without is asked for before the first of them. */
    private static void checkSchemas(KafkaSettings settings) {
        AvroFraming framing = settings.framing();
        try {
            PublishedSchemas.newest().forEach(framing::prepare);
        } catch (UncheckedIOException e) {
            throw new KafkaSetupException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void checkTransactionTimeout(
            KafkaSettings settings, TopicAdmin admin, int broker) {
        long allowed = longestTransaction(admin, broker);
        long asked = settings.sink().transactionTimeout().toMillis();
        if (asked > allowed) {
            throw new KafkaSetupException(
                    List.of(
                            "'%s' is %d ms, and the brokers allow %d ms: lower it or raise their '%s'"
                                    .formatted(
                                            KafkaOptions.SINK_TRANSACTION_TIMEOUT.key(),
                                            asked,
                                            allowed,
                                            MAX_TIMEOUT)));
        }
    }

    /** Brokers that do not tell their settings to everybody are believed to allow it. */
    private static long longestTransaction(TopicAdmin admin, int broker) {
        ConfigResource resource =
                new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(broker));
        try {
            Map<ConfigResource, Config> answer =
                    admin.answer(admin.admin().describeConfigs(List.of(resource)).all());
            Config config = answer.get(resource);
            ConfigEntry entry = config == null ? null : config.get(MAX_TIMEOUT);
            return entry == null ? Long.MAX_VALUE : Long.parseLong(entry.value());
        } catch (KafkaSetupException e) {
            LOG.warn("cannot check the transaction timeout: {}", e.getMessage());
            return Long.MAX_VALUE;
        }
    }
}
