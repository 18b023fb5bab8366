/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.Envelope;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's sink, which leaves nothing behind. Its exactly-once writer opens an admin client, with a
 * thread and connections, and never closes it: every attempt of every subtask would leave one in
 * the TaskManager. What can't be closed in order is told and not thrown: while a task fails, that
 * would end the TaskManager with every job on it.
 */
final class TidySink
        implements Sink<Envelope>,
                SupportsCommitter<KafkaCommittable>,
                SupportsWriterState<Envelope, KafkaWriterState>,
                SupportsPostCommitTopology<KafkaCommittable>,
                LineageVertexProvider {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(TidySink.class);
    private static final String LEFT_BEHIND = "adminClient";

    private final KafkaSink<Envelope> sink;

    private final KafkaConnection connection;

    TidySink(KafkaSink<Envelope> sink, KafkaConnection connection) {
        this.sink = sink;
        this.connection = connection;
    }

    /**
     * Fails when no broker answers. A writer that finds that out by itself keeps its admin client,
     * and nobody gets to see that writer.
     */
    private void requireBrokers() {
        try (TopicAdmin admin = new TopicAdmin(connection)) {
            LOG.debug("broker {} answers", admin.anyBroker());
        }
    }

    @Override
    public SinkWriter<Envelope> createWriter(WriterInitContext context) throws IOException {
        requireBrokers();
        return tidy(((Sink<Envelope>) sink).createWriter(context));
    }

    @Override
    public StatefulSinkWriter<Envelope, KafkaWriterState> restoreWriter(
            WriterInitContext context, Collection<KafkaWriterState> state) throws IOException {
        requireBrokers();
        return tidy(
                ((SupportsWriterState<Envelope, KafkaWriterState>) sink)
                        .restoreWriter(context, state));
    }

    @SuppressWarnings("unchecked") // It is what the sink's other interfaces say.
    private static Writer tidy(SinkWriter<Envelope> writer) {
        return new Writer(
                writer,
                (StatefulSinkWriter<Envelope, KafkaWriterState>) writer,
                (CommittingSinkWriter<Envelope, KafkaCommittable>) writer);
    }

    @Override
    public Committer<KafkaCommittable> createCommitter(CommitterInitContext context)
            throws IOException {
        return new TidyCommitter(sink.createCommitter(context));
    }

    @Override
    public SimpleVersionedSerializer<KafkaCommittable> getCommittableSerializer() {
        return sink.getCommittableSerializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaWriterState> getWriterStateSerializer() {
        return sink.getWriterStateSerializer();
    }

    /** Keeps writer and committer in one process, where they share producers, chained or not. */
    @Override
    public void addPostCommitTopology(
            DataStream<CommittableMessage<KafkaCommittable>> committables) {
        sink.addPostCommitTopology(committables);
    }

    @Override
    public LineageVertex getLineageVertex() {
        return sink.getLineageVertex();
    }

    /** Ends a part of the sink, and only tells what goes wrong. Flink may interrupt the end. */
    private static void end(AutoCloseable part) {
        try {
            part.close();
        } catch (InterruptedException | InterruptException interrupted) {
            Thread.currentThread().interrupt();
            LOG.warn("the end of a part of Kafka's sink was interrupted", interrupted);
        } catch (Exception failed) {
            LOG.warn("a part of Kafka's sink did not end in order", failed);
        }
    }

    private record TidyCommitter(Committer<KafkaCommittable> committer)
            implements Committer<KafkaCommittable> {
        @Override
        public void commit(Collection<CommitRequest<KafkaCommittable>> requests)
                throws IOException, InterruptedException {
            committer.commit(requests);
        }

        @Override
        public void close() {
            end(committer);
        }
    }

    /** One writer by its three faces. */
    @SuppressWarnings("try")
    private record Writer(
            SinkWriter<Envelope> writer,
            StatefulSinkWriter<Envelope, KafkaWriterState> stateful,
            CommittingSinkWriter<Envelope, KafkaCommittable> committing)
            implements StatefulSinkWriter<Envelope, KafkaWriterState>,
                    CommittingSinkWriter<Envelope, KafkaCommittable> {
        @Override
        public void write(Envelope envelope, Context context)
                throws IOException, InterruptedException {
            writer.write(envelope, context);
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            writer.flush(endOfInput);
        }

        @Override
        public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
            writer.writeWatermark(watermark);
        }

        @Override
        public Collection<KafkaCommittable> prepareCommit()
                throws IOException, InterruptedException {
            return committing.prepareCommit();
        }

        @Override
        public List<KafkaWriterState> snapshotState(long checkpoint) throws IOException {
            return stateful.snapshotState(checkpoint);
        }

        /**
         * A writer whose broker is away can't abort its transaction; the next attempt does, or the
         * broker in time.
         */
        @Override
        public void close() {
            end(writer);
            end(this::closeLeftBehind);
        }

        private void closeLeftBehind() throws Exception {
            try {
                Field field = writer.getClass().getDeclaredField(LEFT_BEHIND);
                field.setAccessible(true);
                if (field.get(writer) instanceof AutoCloseable left) {
                    left.close();
                }
            } catch (NoSuchFieldException none) {
                LOG.debug("{} keeps nothing open", writer.getClass());
            }
        }
    }
}
