/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import io.hookline.kafka.KafkaConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads all topics into a board on a thread of its own, for as long as it is open: as a client
 * without a group, committed records only. Begins a little before the end of each topic.
 */
final class TopicFeed implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long LOOK_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration ENDED_WITHIN = Duration.ofSeconds(20);

    static final Map<String, String> CONSUMER =
            Map.of(
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest",
                    ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false",
                    ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(8 << 20),
                    ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "2000",
                    ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "5000",
                    ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, "4000");

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final MonitoredTopics topics;
    private final Board board;
    private final ReadingLimit limit;
    private final Map<TopicPartition, Followed> followed = new HashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread = new Thread(this::run, "monitor-feed");
    private long looked = System.nanoTime() - LOOK_AGAIN_NANOS;

    /**
     * A partition that is read.
     *
     * @param liveFrom offset of the first record after the monitor's start
     */
    private record Followed(TopicKind kind, long liveFrom) {}

    /**
     * A feed that has not begun.
     *
     * @param bytesPerSecond how much of the topics of activations is read at most
     */
    TopicFeed(
            KafkaConnection connection, MonitoredTopics topics, Board board, long bytesPerSecond) {
        this.consumer =
                new KafkaConsumer<>(
                        connection.config(CONSUMER),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        this.topics = topics;
        this.board = board;
        this.limit = new ReadingLimit(consumer, board, bytesPerSecond);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try (consumer) {
            while (!closed.get()) {
                round();
            }
        } catch (WakeupException e) {
            // That is how close() ends a poll.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() throws InterruptedException {
        try {
            if (System.nanoTime() - looked >= LOOK_AGAIN_NANOS) {
                look();
                board.connection("");
                looked = System.nanoTime();
            }
            read();
        } catch (WakeupException e) {
            throw e;
        } catch (KafkaException e) {
            board.connection(String.valueOf(e.getMessage()));
            Thread.sleep(POLL.toMillis());
        }
    }

    private void read() throws InterruptedException {
        if (followed.isEmpty()) {
            Thread.sleep(POLL.toMillis());
            return;
        }
        limit.apply();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            Followed partition =
                    followed.get(new TopicPartition(record.topic(), record.partition()));
            if (partition != null) {
                boolean live = record.offset() >= partition.liveFrom();
                board.enter(record, partition.kind(), live);
                limit.count(record, partition.kind());
            }
        }
    }

    /** Takes up topics and partitions that are new. */
    private void look() {
        boolean first = followed.isEmpty();
        Map<TopicPartition, TopicKind> found = new HashMap<>();
        for (List<PartitionInfo> topic : consumer.listTopics().values()) {
            for (PartitionInfo info : topic) {
                TopicPartition partition = new TopicPartition(info.topic(), info.partition());
                Optional<TopicKind> kind = topics.kind(info.topic());
                if (kind.isPresent() && !followed.containsKey(partition)) {
                    found.put(partition, kind.get());
                }
            }
        }
        if (found.isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(found.keySet());
        Map<TopicPartition, Long> ends = consumer.endOffsets(found.keySet());
        Map<TopicPartition, Long> starts = new HashMap<>();
        found.forEach(
                (partition, kind) -> {
                    long begin = begins.getOrDefault(partition, 0L);
                    long end = ends.getOrDefault(partition, 0L);
                    starts.put(partition, Math.max(begin, end - kind.backlog()));
                    // A topic that comes later has nothing from before the start.
                    followed.put(partition, new Followed(kind, first ? end : begin));
                });
        consumer.assign(new ArrayList<>(followed.keySet()));
        starts.forEach(consumer::seek);
        limit.follow(found);
    }

    /** Ends the thread and the consumer. */
    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            consumer.wakeup();
            boolean started = thread.isAlive();
            try {
                thread.join(ENDED_WITHIN.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (!started) {
                consumer.close();
            }
        }
    }
}
