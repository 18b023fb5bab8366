/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.kafka.embedded.BrokerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The one broker of all tests of this module; it ends with their process. */
public final class TestBroker {
    private TestBroker() {}

    /** The folder of the broker's jars. */
    public static Path home() {
        return Path.of(System.getProperty("hookline.broker.home"));
    }

    /** Where the broker listens; the first call starts it. */
    public static String servers() {
        return Holder.BROKER.bootstrapServers();
    }

    /** A name that no other test uses. */
    public static String unique(String name) {
        return name + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    private static final class Holder {
        static final BrokerProcess BROKER = start();

        private static BrokerProcess start() {
            try {
                Path data = Files.createDirectories(Path.of("target", "test-broker"));
                BrokerProcess broker =
                        BrokerProcess.start(home(), Files.createTempDirectory(data, "data-"));
                Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "stop-broker"));
                return broker;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
