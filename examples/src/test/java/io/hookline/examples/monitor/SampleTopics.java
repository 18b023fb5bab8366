/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.examples.job.TestKafka;
import io.hookline.kafka.KafkaOptions;
import io.hookline.kafka.KafkaSettings;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.Chunks;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topics of one test on the real broker, and what a job would have written there. */
final class SampleTopics implements AutoCloseable {
    /** A prompt that is a page's nightmare. */
    static final String HOSTILE =
            "Ticket from <img src=x onerror=\"document.title='owned'\">: I have had enough </script><script>document.title='owned'</script>";

    private final String name = "m" + UUID.randomUUID().toString().substring(0, 8);
    private final KafkaProducer<byte[], byte[]> producer = producer(Map.of());

    /** Makes the topics, each with one partition. */
    SampleTopics() throws Exception {
        List<NewTopic> made = new ArrayList<>();
        List.of("results", "dead-letters", "signals", "alerts", "models")
                .forEach(output -> made.add(topicOf(topic(output))));
        for (int block = 0; block < SampleRecords.BLOCKS; block++) {
            made.add(topicOf(topic("activations.model.model.layers." + block)));
        }
        made.add(topicOf(name + "-events"));
        made.add(topicOf(name + "-control"));
        try (Admin admin =
                Admin.create(
                        Map.<String, Object>of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, TestKafka.brokers()))) {
            admin.createTopics(made).all().get();
        }
    }

    private static NewTopic topicOf(String name) {
        return new NewTopic(name, Optional.of(1), Optional.empty());
    }

    static KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> settings = new java.util.HashMap<>(more);
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, TestKafka.brokers());
        ByteArraySerializer bytes = new ByteArraySerializer();
        return new KafkaProducer<>(settings, bytes, bytes);
    }

    MonitorSettings settings(long bytesPerSecond) {
        Configuration config = new Configuration();
        config.set(KafkaOptions.BOOTSTRAP_SERVERS, TestKafka.brokers());
        config.set(KafkaOptions.EVENTS_TOPIC, name + "-events");
        config.set(KafkaOptions.CONTROL_TOPIC, name + "-control");
        config.set(KafkaOptions.TOPICS_PREFIX, name + ".");
        return new MonitorSettings(
                KafkaSettings.from(config), 0, Optional.empty(), true, bytesPerSecond);
    }

    String topic(String output) {
        return name + "." + output;
    }

    /** Sends an event with a prompt, as somebody who asks. */
    SourceRecord ask(String id, String prompt) throws Exception {
        var event = new ObjectMapper().createObjectNode().put("id", id);
        event.putArray("invocations").addObject().put("prompt", prompt);
        var sent = TestKafka.send(name + "-events", id, event.toString());
        return new SourceRecord(sent.topic(), sent.partition(), sent.offset());
    }

    void control(String key, String value) throws Exception {
        TestKafka.send(name + "-control", key, value);
    }

    /** Writes a record as the job does. */
    void write(String output, String key, SpecificRecord record) throws Exception {
        producer.send(record(output, key, record)).get();
    }

    ProducerRecord<byte[], byte[]> record(String output, String key, SpecificRecord record) {
        return new ProducerRecord<>(
                topic(output),
                key.getBytes(StandardCharsets.UTF_8),
                AvroFraming.singleObject().encode(record));
    }

    KafkaProducer<byte[], byte[]> producer() {
        return producer;
    }

    /** Everything that a job with a model, a steered pair, alerts and a dead letter leaves. */
    void writeAll() throws Exception {
        write("models", SampleRecords.MODEL, SampleRecords.model());
        control(
                "policy/steer-to-calm",
                "{\"put\": \"policy\", \"name\": \"steer-to-calm\", \"match\": {\"headers\": {\"steer\": \"calm\"}}, \"body\": {\"interventions\": []}}");
        SourceRecord plain = ask("plain", HOSTILE);
        SourceRecord steered = ask("steered", HOSTILE);
        writeEvent(plain, "plain", "Dear <b>Noah</b>, we are truly sorry.", false);
        writeEvent(steered, "steered", "Hi <b>Noah</b>, thank you for writing.", true);
        for (int i = 0; i < 60; i++) {
            write(
                    "signals",
                    SampleRecords.BLOCK,
                    SampleRecords.signal(plain, "plain", i, 0.5 + 0.47 * Math.sin(i / 6.0)));
        }
        write("alerts", "f1", SampleRecords.alert(plain, "plain", "f1", "firing", "critical"));
        write("alerts", "f2", SampleRecords.alert(plain, "plain", "f2", "firing", "warning"));
        write("alerts", "f2", SampleRecords.alert(plain, "plain", "f2", "resolved", "warning"));
        SourceRecord wrong = ask("wrong", "Hello");
        write("dead-letters", "wrong", SampleRecords.deadLetter(wrong, "wrong"));
    }

    private void writeEvent(SourceRecord source, String id, String text, boolean steered)
            throws Exception {
        for (int block = 0; block < SampleRecords.BLOCKS; block++) {
            String module = "model.model.layers." + block;
            float[] norms = new float[SampleRecords.PROMPT.size()];
            for (int token = 0; token < norms.length; token++) {
                norms[token] = (block + 1) * 10 + token + (steered && block > 3 ? 25 : 0);
            }
            write("activations." + module, module, SampleRecords.norms(source, id, module, norms));
            for (int step = 1; step <= 3; step++) {
                var whole = SampleRecords.whole(source, id, module, step, 128, block + step);
                for (var chunk : Chunks.split(whole, 64)) {
                    write("activations." + module, module, chunk);
                }
            }
        }
        write("results", id, SampleRecords.result(source, id, text, steered));
    }

    @Override
    public void close() {
        producer.close();
    }
}
