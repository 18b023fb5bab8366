/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.Destination;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopicsITCase {
    private final Admin admin = Admin.create(Map.of("bootstrap.servers", TestBroker.servers()));

    @AfterEach
    void close() {
        admin.close();
    }

    @Test
    void ninetyTopics_areMadeAtOnce() throws Exception {
        KafkaSettings settings = TestSettings.with("hookline.topics.partitions", "2");
        List<Destination> destinations = new ArrayList<>();
        IntStream.range(0, 90)
                .forEach(i -> destinations.add(new Destination.Activations("model.layers." + i)));
        Topics.ensure(settings, destinations);
        TopicRouting routing = new TopicRouting(settings.topics());
        List<String> topics = destinations.stream().map(routing::topic).toList();
        assertThat(describe(topics))
                .hasSize(90)
                .allSatisfy(
                        (name, topic) -> {
                            assertThat(topic.partitions()).hasSize(2);
                            assertThat(topic.partitions().get(0).replicas()).hasSize(1);
                        });
        Topics.ensure(settings, destinations);
    }

    @Test
    void topic_thatExists_keepsItsPartitions() throws Exception {
        KafkaSettings settings = TestSettings.with("hookline.topics.partitions", "3");
        String results = new TopicRouting(settings.topics()).topic(new Destination.Results());
        admin.createTopics(List.of(new NewTopic(results, 5, (short) 1))).all().get();
        Topics.ensure(settings, List.of(new Destination.Results(), new Destination.DeadLetters()));
        String deadLetters =
                new TopicRouting(settings.topics()).topic(new Destination.DeadLetters());
        Map<String, TopicDescription> topics = describe(List.of(results, deadLetters));
        assertThat(topics.get(results).partitions()).hasSize(5);
        assertThat(topics.get(deadLetters).partitions()).hasSize(3);
    }

    @Test
    void configs_asGiven_areSet() throws Exception {
        KafkaSettings settings =
                TestSettings.with(
                        "hookline.topics.configs.retention.ms", "86400000",
                        "hookline.sink.max-request-size", "2 mb",
                        "hookline.topics.replication-factor", "1");
        Topics.ensureInputs(settings);
        Topics.ensure(settings, List.of(new Destination.Models(), new Destination.Results()));
        TopicRouting routing = new TopicRouting(settings.topics());
        Config results = config(routing.topic(new Destination.Results()));
        assertThat(results.get("retention.ms").value()).isEqualTo("86400000");
        assertThat(results.get("max.message.bytes").value()).isEqualTo("2097152");
        assertThat(results.get("cleanup.policy").value()).isEqualTo("delete");
        String models = routing.topic(new Destination.Models());
        assertThat(config(models).get("cleanup.policy").value()).isEqualTo("compact");
        String control = settings.control().topic();
        assertThat(config(control).get("cleanup.policy").value()).isEqualTo("compact");
        assertThat(describe(List.of(control)).get(control).partitions()).hasSize(1);
    }

    @Test
    void topics_thatAreMissingAndMustNotBeMade_areListed() {
        String prefix = TestBroker.unique("p") + ".";
        Topics.ensure(
                TestSettings.with("hookline.topics.prefix", prefix),
                List.of(new Destination.Results()));
        KafkaSettings settings =
                TestSettings.with(
                        "hookline.topics.prefix", prefix, "hookline.topics.create", "false");
        TopicRouting routing = new TopicRouting(settings.topics());
        assertThatThrownBy(
                        () ->
                                Topics.ensure(
                                        settings,
                                        List.of(
                                                new Destination.Results(),
                                                new Destination.Alerts(),
                                                new Destination.Activations("m"))))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessage(
                        "2 topics are missing and 'hookline.topics.create' is false: %s, %s",
                        routing.topic(new Destination.Alerts()),
                        routing.topic(new Destination.Activations("m")));
        Topics.ensure(settings, List.of(new Destination.Results()));
    }

    @Test
    void topics_thatCannotBeMade_areListedWithTheReason() {
        KafkaSettings settings = TestSettings.with("hookline.topics.replication-factor", "3");
        TopicRouting routing = new TopicRouting(settings.topics());
        assertThatThrownBy(
                        () ->
                                Topics.ensure(
                                        settings,
                                        List.of(
                                                new Destination.Results(),
                                                new Destination.Alerts())))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageStartingWith("2 problems:")
                .hasMessageContaining(
                        "topic '%s': ".formatted(routing.topic(new Destination.Results())))
                .hasMessageContaining(
                        "topic '%s': ".formatted(routing.topic(new Destination.Alerts())))
                .hasMessageContaining("replication");
    }

    @Test
    void topic_thatCollidesWithOneOnTheBroker_isNamed() throws Exception {
        KafkaSettings settings = TestSettings.with();
        String topic =
                new TopicRouting(settings.topics()).topic(new Destination.Activations("q.proj"));
        String other = topic.replace("q.proj", "q_proj");
        admin.createTopics(List.of(new NewTopic(other, 1, (short) 1))).all().get();
        assertThatThrownBy(
                        () ->
                                Topics.ensure(
                                        settings, List.of(new Destination.Activations("q.proj"))))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContainingAll(topic, "collides", other);
    }

    @Test
    void controlTopic_withSeveralPartitions_isRefused() throws Exception {
        KafkaSettings settings = TestSettings.with();
        String control = settings.control().topic();
        admin.createTopics(List.of(new NewTopic(control, 2, (short) 1))).all().get();
        assertThatThrownBy(() -> Topics.ensureInputs(settings))
                .hasMessage(
                        "control topic '%s' must have one partition, not 2: its offsets are the"
                                + " versions",
                        control);
    }

    private Map<String, TopicDescription> describe(List<String> topics) throws Exception {
        return admin.describeTopics(topics).allTopicNames().get();
    }

    private Config config(String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource)).all().get().get(resource);
    }
}
