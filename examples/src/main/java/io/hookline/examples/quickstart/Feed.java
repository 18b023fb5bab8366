/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import io.hookline.kafka.KafkaOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes events and control events into their topics, as any client would. */
final class Feed {
    /** Small enough that the dead letter of any event can be sent. */
    private static final String EVENT_MAX_BYTES = "1048576";

    static final String EVENTS = KafkaOptions.EVENTS_TOPIC.defaultValue();
    static final String CONTROL = KafkaOptions.CONTROL_TOPIC.defaultValue();
    private static final int PARTITIONS = 4;

    private final String brokers;
    private final Map<String, Ledger.Totals> totals = new HashMap<>();

    /** A feed of those brokers. */
    Feed(String brokers) {
        this.brokers = brokers;
    }

    /** Makes both topics. */
    void createTopics() throws InterruptedException, ExecutionException {
        Map<String, Object> settings = Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        NewTopic control =
                new NewTopic(CONTROL, Optional.of(1), Optional.empty())
                        .configs(
                                Map.of(
                                        TopicConfig.CLEANUP_POLICY_CONFIG,
                                        TopicConfig.CLEANUP_POLICY_COMPACT,
                                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                                        EVENT_MAX_BYTES));
        NewTopic events =
                new NewTopic(EVENTS, Optional.of(PARTITIONS), Optional.empty())
                        .configs(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, EVENT_MAX_BYTES));
        try (Admin admin = Admin.create(settings)) {
            admin.createTopics(List.of(events, control)).all().get();
        }
    }

    /** Sends what is to be in force, then the events, and waits until the broker has them all. */
    void send(ModelStudy study, Workload workload) throws InterruptedException, ExecutionException {
        Map<String, Object> settings = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        StringSerializer text = new StringSerializer();
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings, text, text)) {
            List<ProducerRecord<String, String>> records = new ArrayList<>();
            Messages messages = study.messages();
            for (Messages.Control control : messages.controls(study.direction(), study.probes())) {
                records.add(new ProducerRecord<>(CONTROL, control.key(), control.value()));
            }
            Optional<Workload.Ask> shown = workload.shown().map(Workload.Pair::plain);
            for (Workload.Ask ask : workload.asks()) {
                String event = messages.event(ask, shown.filter(ask::equals).isPresent());
                records.add(new ProducerRecord<>(EVENTS, ask.id(), event));
            }
            send(producer, records);
        }
    }

    private void send(
            KafkaProducer<String, String> producer, List<ProducerRecord<String, String>> records)
            throws InterruptedException, ExecutionException {
        List<Future<?>> sent = new ArrayList<>();
        for (ProducerRecord<String, String> record : records) {
            sent.add(
                    producer.send(
                            record,
                            (done, failure) -> {
                                if (failure == null) {
                                    count(
                                            record.topic(),
                                            done.serializedKeySize() + done.serializedValueSize());
                                }
                            }));
        }
        for (Future<?> record : sent) {
            record.get();
        }
    }

    private synchronized void count(String topic, long bytes) {
        totals.merge(topic, new Ledger.Totals(1, bytes), Ledger.Totals::plus);
    }

    /** What was sent, by topic. */
    synchronized Map<String, Ledger.Totals> totals() {
        return new TreeMap<>(totals);
    }
}
