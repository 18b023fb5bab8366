/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.kafka.TestBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerProcessITCase {
    @TempDir Path folder;

    @Test
    void broker_started_answersAndEndsOnClose() throws Exception {
        ProcessHandle process;
        try (BrokerProcess broker = BrokerProcess.start(TestBroker.home(), folder)) {
            process = ProcessHandle.of(broker.pid()).orElseThrow();
            assertThat(broker.bootstrapServers()).startsWith("127.0.0.1:");
            try (Admin admin =
                    Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                assertThat(admin.describeCluster().nodes().get()).hasSize(1);
            }
        }
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void failure_ofTheBroker_showsItsLog() {
        assertThatThrownBy(() -> BrokerProcess.start(TestBroker.home(), folder, 70_000))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the broker ended before it was ready")
                .hasMessageContaining("port must be in the range 0 to 65535, not '70000'");
    }

    @Test
    void home_missing_isNamed() {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> BrokerProcess.start(missing, folder))
                .hasMessage("no folder '%s' with the jars of the broker", missing);
    }
}
