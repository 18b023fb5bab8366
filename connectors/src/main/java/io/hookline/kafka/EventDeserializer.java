/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.schema.EventFormat;
import io.hookline.schema.Header;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Kafka records as source events, bytes untouched. A missing key or value is empty. */
final class EventDeserializer implements KafkaRecordDeserializationSchema<SourceEvent> {
    private static final long serialVersionUID = 1;
    private static final byte[] NOTHING = {};

    private final EventFormat format;

    EventDeserializer(EventFormat format) {
        this.format = format;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<SourceEvent> out) {
        out.collect(event(record, format));
    }

    static SourceEvent event(ConsumerRecord<byte[], byte[]> record, EventFormat format) {
        List<Header> headers = new ArrayList<>();
        record.headers()
                .forEach(header -> headers.add(new Header(header.key(), orEmpty(header.value()))));
        return new SourceEvent(
                new SourcePosition(record.topic(), record.partition(), record.offset()),
                record.timestamp(),
                format,
                orEmpty(record.key()),
                orEmpty(record.value()),
                headers);
    }

    @Override
    public TypeInformation<SourceEvent> getProducedType() {
        return SourceEventTypeInfo.INSTANCE;
    }

    private static byte[] orEmpty(byte @Nullable [] bytes) {
        return bytes == null ? NOTHING : bytes;
    }
}
