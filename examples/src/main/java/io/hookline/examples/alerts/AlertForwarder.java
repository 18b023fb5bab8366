/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import io.hookline.kafka.KafkaSettings;
import io.hookline.kafka.TopicRouting;
import io.hookline.schema.Alert;
import io.hookline.schema.Destination;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.SchemaException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the alerts topic and delivers what is committed there, in the order of each fingerprint.
 * Offsets are committed after the delivery: what was delivered shortly before a crash is delivered
 * again, and receivers know it by its fingerprint.
 */
final class AlertForwarder implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final AvroFraming framing;
    private final Attempts attempts;
    private final Consumer<String> log;
    private final AtomicBoolean stopped = new AtomicBoolean();

    /**
     * A forwarder that begins where its group stopped, at first at the oldest alert.
     *
     * @param log takes what somebody should see
     */
    AlertForwarder(KafkaSettings settings, String group, Attempts attempts, Consumer<String> log) {
        this.framing = settings.framing();
        this.attempts = attempts;
        this.log = log;
        this.consumer =
                new KafkaConsumer<>(
                        settings.connection()
                                .config(
                                        Map.of(
                                                ConsumerConfig.GROUP_ID_CONFIG, group,
                                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                                        "read_committed",
                                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                                                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "100")),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        consumer.subscribe(
                List.of(new TopicRouting(settings.topics()).topic(new Destination.Alerts())));
    }

    /** Delivers until it is stopped. */
    void run() throws InterruptedException {
        while (!stopped.get()) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            if (!records.isEmpty() && deliver(alerts(records))) {
                consumer.commitSync();
            }
        }
    }

    /** Lets {@link #run} return soon; from any thread. */
    void stop() {
        stopped.set(true);
    }

    @Override
    public void close() {
        consumer.close();
    }

    private List<Alert> alerts(ConsumerRecords<byte[], byte[]> records) {
        List<Alert> alerts = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            try {
                alerts.add(framing.decode(record.value(), Alert.class));
            } catch (SchemaException wrong) {
                log.accept(
                        "no alert at %s-%d@%d, left out: %s"
                                .formatted(
                                        record.topic(),
                                        record.partition(),
                                        record.offset(),
                                        wrong.getMessage()));
            }
        }
        return alerts;
    }

    /** Tries until it goes well; false when it is stopped before. */
    private boolean deliver(List<Alert> alerts) throws InterruptedException {
        if (alerts.isEmpty()) {
            return true;
        }
        Duration pause = FIRST_PAUSE;
        while (!stopped.get()) {
            Attempts.Outcome outcome = attempts.attempt(alerts);
            switch (outcome.kind()) {
                case DELIVERED -> {
                    return true;
                }
                case REFUSED -> {
                    return refused(alerts, outcome.told());
                }
                case LATER -> {
                    log.accept(
                            "%s; %d alerts wait, next try in %.1f s"
                                    .formatted(
                                            outcome.told(),
                                            alerts.size(),
                                            pause.toMillis() / 1000.0));
                    pause(pause);
                    pause = doubled(pause);
                }
            }
        }
        return false;
    }

    /** One that the receiver does not take must not hold up the others. */
    private boolean refused(List<Alert> alerts, String told) throws InterruptedException {
        if (alerts.size() == 1) {
            log.accept("alert %s is lost: %s".formatted(alerts.get(0).getFingerprint(), told));
            return true;
        }
        for (Alert alert : alerts) {
            if (!deliver(List.of(alert))) {
                return false;
            }
        }
        return true;
    }

    private static Duration doubled(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    /** Waits, and keeps its place in the group meanwhile. */
    private void pause(Duration pause) {
        consumer.pause(consumer.assignment());
        long end = System.nanoTime() + pause.toNanos();
        while (!stopped.get() && System.nanoTime() < end) {
            consumer.poll(POLL);
        }
        consumer.resume(consumer.assignment());
    }
}
