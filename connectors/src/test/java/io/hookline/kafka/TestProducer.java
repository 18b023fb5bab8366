/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Producers of bytes to the test broker. */
final class TestProducer {
    private TestProducer() {}

    static KafkaProducer<byte[], byte[]> create(String... keysAndValues) {
        Map<String, Object> config = new HashMap<>(TestSettings.pairs(keysAndValues));
        config.put("bootstrap.servers", TestBroker.servers());
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
