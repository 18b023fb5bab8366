/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.SourceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two task managers of one slot each: whichever dies takes half of the job with it. */
class ExactlyOnceITCase {
    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(TestCluster.of(2, 1));

    private static final int MODULES = 3;
    private static final int PER_EVENT = 3;
    private static final int ROUND = 400;
    private static final int MOST_ROUNDS = 6;

    private final KafkaSettings settings = TestSettings.with("hookline.topics.partitions", "3");
    private final TopicRouting routing = new TopicRouting(settings.topics());
    private final List<Destination> destinations =
            List.of(
                    new Destination.Results(),
                    new Destination.Activations("model.layers.0"),
                    new Destination.Activations("model.layers.1"),
                    new Destination.Activations("model.layers.2"));
    private final List<String> topics = destinations.stream().map(routing::topic).toList();

    /** A result, and records of two modules: what an event makes of itself. */
    static final class Outputs implements FlatMapFunction<SourceEvent, Envelope> {
        @Override
        public void flatMap(SourceEvent event, Collector<Envelope> out) {
            String id = TopicReader.text(event.key());
            int number = Integer.parseInt(id.substring("evt-".length()));
            out.collect(envelope(new Destination.Results(), id, id, event));
            for (int i = 0; i < 2; i++) {
                String module = "model.layers." + (number + i) % MODULES;
                out.collect(envelope(new Destination.Activations(module), module, id, event));
            }
        }

        private static Envelope envelope(
                Destination destination, String key, String id, SourceEvent event) {
            return new Envelope(destination, key, id, event.value(), event.headers());
        }
    }

    @Test
    void taskManagers_killedWithOpenTransactions_loseAndRepeatNothing(
            @InjectMiniCluster MiniCluster cluster) throws Exception {
        Preflight.check(settings, destinations);
        long start = System.currentTimeMillis();
        JobClient job = startJob();
        int events = 0;
        try (TopicReader committed = TopicReader.committed(topics);
                TopicReader uncommitted = TopicReader.uncommitted(topics)) {
            produce(events, events + ROUND);
            events += ROUND;
            committed.await(events * PER_EVENT);
            // Until records of a transaction that never committed have been seen.
            for (int round = 0; round < MOST_ROUNDS && !moreThan(uncommitted, events); round++) {
                produce(events, events + ROUND);
                events += ROUND;
                uncommitted.await(events * PER_EVENT);
                cluster.terminateTaskManager(round % 2).get();
                cluster.startTaskManager();
                committed.await(events * PER_EVENT);
            }
            assertThat(moreThan(uncommitted, events)).as("records were repeated").isTrue();
            assertThat(restores(cluster, job)).isPositive();
            job.cancel().get();
            check(committed.readToEnd(), events, start);
        }
    }

    private JobClient startJob() throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(2);
        env.enableCheckpointing(Duration.ofSeconds(2).toMillis());
        env.getConfig().enableObjectReuse();
        env.fromSource(EventSource.events(settings), WatermarkStrategy.noWatermarks(), "events")
                .uid("events")
                .rebalance()
                .flatMap(new Outputs())
                .uid("outputs")
                .sinkTo(EnvelopeSink.create(settings, "main"))
                .uid("sink");
        return env.executeAsync("exactly once");
    }

    private void produce(int from, int to) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = TestProducer.create()) {
            for (int i = from; i < to; i++) {
                sent.add(producer.send(event(i)));
            }
            producer.flush();
        }
        for (Future<RecordMetadata> record : sent) {
            record.get();
        }
    }

    private ProducerRecord<byte[], byte[]> event(int number) {
        return new ProducerRecord<>(
                settings.events().topic(),
                null,
                1L,
                TestProducer.bytes("evt-" + number),
                TestProducer.bytes("value of evt-" + number),
                List.of(new RecordHeader("number", TestProducer.bytes("" + number))));
    }

    private static boolean moreThan(TopicReader uncommitted, int events) {
        return uncommitted.readToEnd().size() > events * PER_EVENT;
    }

    private static long restores(MiniCluster cluster, JobClient job) throws Exception {
        return cluster.getExecutionGraph(job.getJobID())
                .get()
                .getCheckpointStatsSnapshot()
                .getCounts()
                .getNumberOfRestoredCheckpoints();
    }

    private void check(List<ConsumerRecord<byte[], byte[]>> records, int events, long start) {
        Map<String, Set<String>> expected = new HashMap<>();
        for (int i = 0; i < events; i++) {
            expected.computeIfAbsent(topics.get(0), topic -> new TreeSet<>())
                    .add("value of evt-" + i);
            for (int j = 0; j < 2; j++) {
                expected.computeIfAbsent(
                                topics.get(1 + (i + j) % MODULES), topic -> new TreeSet<>())
                        .add("value of evt-" + i);
            }
        }
        assertThat(records).hasSize(events * PER_EVENT);
        assertThat(
                        records.stream()
                                .collect(
                                        Collectors.groupingBy(
                                                ConsumerRecord::topic,
                                                Collectors.mapping(
                                                        record -> TopicReader.text(record.value()),
                                                        Collectors.toCollection(TreeSet::new)))))
                .isEqualTo(expected);
        records.forEach(record -> checkRecord(record, start));
        assertThat(records.stream().map(ConsumerRecord::partition).collect(Collectors.toSet()))
                .isEqualTo(IntStream.range(0, 3).boxed().collect(Collectors.toSet()));
    }

    private void checkRecord(ConsumerRecord<byte[], byte[]> record, long start) {
        String id = TopicReader.text(record.value()).substring("value of ".length());
        int topic = topics.indexOf(record.topic());
        assertThat(TopicReader.text(record.key()))
                .isEqualTo(topic == 0 ? id : "model.layers." + (topic - 1));
        assertThat(record.partition()).isEqualTo(EnvelopeSerializer.partition(id, 3));
        assertThat(record.headers().toArray()).hasSize(1);
        assertThat(TopicReader.text(record.headers().lastHeader("number").value()))
                .isEqualTo(id.substring("evt-".length()));
        assertThat(record.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
        assertThat(record.timestamp()).isGreaterThanOrEqualTo(start);
    }
}
