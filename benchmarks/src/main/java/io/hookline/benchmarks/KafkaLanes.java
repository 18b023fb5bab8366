/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.examples.job.HooklineJob;
import io.hookline.kafka.EnvelopeSink;
import io.hookline.kafka.KafkaOptions;
import io.hookline.kafka.KafkaSettings;
import io.hookline.kafka.TopicRouting;
import io.hookline.kafka.Topics;
import io.hookline.operator.EnvelopeTypeInfo;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Lanes that end, or begin, at real brokers. */
final class KafkaLanes {
    static final Duration CHECKPOINTS = Duration.ofSeconds(1);

    private static final Map<String, List<Envelope>> ENVELOPES = new ConcurrentHashMap<>();

    private final String brokers;

    KafkaLanes(String brokers) {
        this.brokers = brokers;
    }

    /** Options of a job whose topics are its own. */
    Configuration options(String name) {
        Configuration options = new Configuration();
        options.set(KafkaOptions.BOOTSTRAP_SERVERS, brokers);
        options.set(KafkaOptions.EVENTS_TOPIC, name + "-events");
        options.set(KafkaOptions.CONTROL_TOPIC, name + "-control");
        options.set(KafkaOptions.EVENTS_GROUP_ID, name);
        options.set(KafkaOptions.SINK_TRANSACTIONAL_ID_PREFIX, name);
        options.set(KafkaOptions.TOPICS_PREFIX, name + ".");
        return options;
    }

    /** The main job: events in a topic, results in another. */
    Lane pipeline(Configuration operator, PromptFeed feed, List<String> modules) throws Exception {
        String name = "pipeline";
        Configuration options = options(name);
        options.addAll(operator);
        counted(options, name, KafkaSettings.from(options), new Destination.Results());
        StreamExecutionEnvironment env = JobLane.environment(CHECKPOINTS);
        HooklineJob.build(env, options, modules);
        EventProducer events = new EventProducer(brokers, name + "-events", feed);
        JobLane job = new JobLane(Turnstile.of(name), env.executeAsync(name), events::send);
        return new Lane() {
            @Override
            public void run(int count) throws Exception {
                job.run(count);
            }

            @Override
            public void close() {
                try (events) {
                    job.close();
                }
            }
        };
    }

    /** The sink alone, fed with those envelopes over and over. */
    Lane sink(List<Envelope> envelopes) throws Exception {
        String name = "sink";
        ENVELOPES.put(name, envelopes);
        Configuration options = options(name);
        options.setString(
                "hookline.kafka.properties.interceptor.classes", AckCounter.class.getName());
        options.setString("hookline.kafka.properties." + AckCounter.TURNSTILE, name);
        KafkaSettings settings = KafkaSettings.from(options);
        Topics.ensure(settings, envelopes.stream().map(Envelope::destination).distinct().toList());
        StreamExecutionEnvironment env = JobLane.environment(CHECKPOINTS);
        JobLane.source(
                        env,
                        new TurnstileSource<>(
                                name, number -> envelope(name, number), EnvelopeTypeInfo.INSTANCE))
                .sinkTo(EnvelopeSink.create(settings, "main"));
        return new JobLane(Turnstile.of(name), env.executeAsync(name));
    }

    private static Envelope envelope(String name, long number) {
        List<Envelope> envelopes = ENVELOPES.getOrDefault(name, List.of());
        return envelopes.get((int) (number % envelopes.size()));
    }

    /** The same records from a producer that nothing stands before, in transactions as long. */
    Lane producer(List<Envelope> envelopes) throws Exception {
        KafkaSettings settings = KafkaSettings.from(options("producer"));
        Topics.ensure(settings, envelopes.stream().map(Envelope::destination).distinct().toList());
        TopicRouting routing = new TopicRouting(settings.topics());
        return new BareProducer(
                brokers,
                envelopes.stream()
                        .map(
                                envelope ->
                                        BareProducer.record(
                                                routing.topic(envelope.destination()),
                                                settings.creation().partitions(),
                                                envelope))
                        .toList());
    }

    private static void counted(
            Configuration options, String name, KafkaSettings settings, Destination destination) {
        String prefix = KafkaOptions.PROPERTIES.key() + ".";
        options.setString(prefix + "interceptor.classes", AckCounter.class.getName());
        options.setString(prefix + AckCounter.TURNSTILE, name);
        options.setString(
                prefix + AckCounter.TOPIC, new TopicRouting(settings.topics()).topic(destination));
    }

    /** Writes events to a topic. */
    static final class EventProducer implements AutoCloseable {
        private final KafkaProducer<byte[], byte[]> producer;
        private final String topic;
        private final PromptFeed feed;
        private long sent;

        EventProducer(String brokers, String topic, PromptFeed feed) {
            this.topic = topic;
            this.feed = feed;
            this.producer =
                    new KafkaProducer<>(
                            Map.of(
                                    ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                    brokers,
                                    ProducerConfig.LINGER_MS_CONFIG,
                                    "5"),
                            new ByteArraySerializer(),
                            new ByteArraySerializer());
        }

        /** What does not arrive is missing at the other end. */
        @SuppressWarnings("FutureReturnValueIgnored")
        void send(int events) {
            for (int i = 0; i < events; i++) {
                producer.send(new ProducerRecord<>(topic, feed.bytes(sent++)));
            }
            producer.flush();
        }

        @Override
        public void close() {
            producer.close();
        }
    }
}
