/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;

class KafkaClientsTest {
    @Test
    void clients_haveWhatTheConnectorCalls() {
        assertThatCode(
                        () ->
                                Class.forName(
                                                "org.apache.kafka.clients.producer.internals.TransactionalRequestResult")
                                        .getMethod("await"))
                .as(
                        "kafka-clients %s has no TransactionalRequestResult.await(): Flink's Kafka"
                                + " connector calls it at the end of every transaction, so with these"
                                + " clients an exactly-once job fails at its first checkpoint. Stay"
                                + " on the newest version that has the method (4.2.2), or move to a"
                                + " connector that does not call it; brokers of any newer version"
                                + " are fine",
                        AppInfoParser.getVersion())
                .doesNotThrowAnyException();
    }
}
