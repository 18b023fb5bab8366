/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import io.hookline.examples.models.HooklineHome;
import io.hookline.kafka.KafkaOptions;
import io.hookline.operator.HooklineOptions;
import io.hookline.schema.EventFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The main job with topics of its own, on the mini cluster of the test that starts it.
 *
 * @param name what its output topics begin with; with "events-" before, the topic of its events
 */
record TestJob(String name, JobClient client) implements AutoCloseable {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofMillis(300);

    /** Starts it on ticketlm. */
    static TestJob start(EventFormat format, List<String> modules) throws Exception {
        return start(format, modules, Map.of());
    }

    static TestJob start(EventFormat format, List<String> modules, Map<String, String> more)
            throws Exception {
        String name = UUID.randomUUID().toString().substring(0, 8);
        Configuration options = new Configuration();
        options.set(
                HooklineOptions.MODEL_PATH,
                HooklineHome.find().root().resolve("examples/models/ticketlm").toString());
        options.set(KafkaOptions.BOOTSTRAP_SERVERS, TestKafka.brokers());
        options.set(KafkaOptions.EVENTS_TOPIC, "events-" + name);
        options.set(KafkaOptions.EVENTS_FORMAT, format);
        options.set(KafkaOptions.EVENTS_GROUP_ID, name);
        options.set(KafkaOptions.CONTROL_TOPIC, "control-" + name);
        options.set(KafkaOptions.TOPICS_PREFIX, name + ".");
        options.set(KafkaOptions.TOPICS_PARTITIONS, 2);
        options.set(KafkaOptions.SINK_TRANSACTIONAL_ID_PREFIX, name);
        options.addAll(Configuration.fromMap(more));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(2);
        env.configure(
                new Configuration()
                        .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL));
        HooklineJob.build(env, options, modules);
        return new TestJob(name, env.executeAsync(name));
    }

    String control() {
        return "control-" + name;
    }

    String events() {
        return "events-" + name;
    }

    String topic(String output) {
        return name + "." + output;
    }

    @Override
    public void close() {
        client.cancel().join();
    }
}
