/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.schema.EventFormat;
import io.hookline.schema.Header;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventSourceITCase {
    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(TestCluster.of(1, 2));

    private final KafkaSettings settings =
            TestSettings.with("hookline.topics.partitions", "2", "hookline.control.format", "avro");

    @BeforeEach
    void makeTopics() {
        Topics.ensureInputs(settings);
    }

    @Test
    void events_keepBytesPositionTimeAndHeaders() throws Exception {
        send(settings.events().topic(), 1, "k", "{not even JSON");
        send(settings.events().topic(), 1, null, null);
        List<SourceEvent> events = read(EventSource.eventsUntilNow(settings));
        Header header = new Header("traceparent", TestProducer.bytes("00-1"));
        assertThat(events)
                .containsExactly(
                        new SourceEvent(
                                new SourcePosition(settings.events().topic(), 1, 0),
                                1234,
                                EventFormat.JSON,
                                TestProducer.bytes("k"),
                                TestProducer.bytes("{not even JSON"),
                                List.of(header, new Header("empty", new byte[0]))),
                        new SourceEvent(
                                new SourcePosition(settings.events().topic(), 1, 1),
                                1234,
                                EventFormat.JSON,
                                new byte[0],
                                new byte[0],
                                List.of(header, new Header("empty", new byte[0]))));
    }

    @Test
    void events_untilGivenOffsets_endThere() throws Exception {
        for (int i = 0; i < 6; i++) {
            send(settings.events().topic(), i % 2, null, "e" + i);
        }
        assertThat(read(EventSource.eventsUntil(settings, Map.of(0, 2L, 1, 1L))))
                .extracting(event -> TopicReader.text(event.value()))
                .containsExactly("e0", "e2", "e1");
    }

    @Test
    @SuppressWarnings("try") // closing may be interrupted
    void control_startsAtItsOffsetAndSeesRemovals() throws Exception {
        String topic = settings.control().topic();
        send(topic, 0, "policy/a", "before");
        send(topic, 0, "policy/b", "after");
        send(topic, 0, "policy/a", null);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(1); // the order of one partition is kept by one reader of it
        DataStream<SourceEvent> stream = stream(env, EventSource.control(settings, 1));
        try (CloseableIterator<SourceEvent> events = stream.executeAndCollect()) {
            SourceEvent put = events.next();
            assertThat(put.position().offset()).isEqualTo(1);
            assertThat(put.format()).isEqualTo(EventFormat.AVRO);
            assertThat(TopicReader.text(put.value())).isEqualTo("after");
            SourceEvent removal = events.next();
            assertThat(TopicReader.text(removal.key())).isEqualTo("policy/a");
            assertThat(removal.value()).isEmpty();
        }
    }

    private static List<SourceEvent> read(KafkaSource<SourceEvent> source) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        return stream(env, source).executeAndCollect(100).stream()
                .sorted(
                        Comparator.comparing((SourceEvent event) -> event.position().partition())
                                .thenComparing(event -> event.position().offset()))
                .toList();
    }

    /** Over an edge, so that events are serialized. */
    private static DataStream<SourceEvent> stream(
            StreamExecutionEnvironment env, KafkaSource<SourceEvent> source) {
        env.configure(new Configuration().set(PipelineOptions.GENERIC_TYPES, false));
        return env.fromSource(source, WatermarkStrategy.noWatermarks(), "events")
                .rebalance()
                .filter(event -> true);
    }

    private static void send(
            String topic, int partition, @Nullable String key, @Nullable String value)
            throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = TestProducer.create()) {
            producer.send(
                            new ProducerRecord<>(
                                    topic,
                                    partition,
                                    1234L,
                                    TestProducer.bytes(key),
                                    TestProducer.bytes(value),
                                    List.of(
                                            new RecordHeader(
                                                    "traceparent", TestProducer.bytes("00-1")),
                                            new RecordHeader("empty", (byte[]) null))))
                    .get();
        }
    }
}
