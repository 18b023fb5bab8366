/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A single-node KRaft broker on 127.0.0.1.
 *
 * <p>Prints the line {@code listening on 127.0.0.1:PORT} to standard output when it accepts
 * requests, logs to standard error, and stops cleanly on SIGTERM. Started again on the same folder
 * it continues with the same topics. Exit codes: 0 when its input ended, 143 after SIGTERM, 2 for
 * wrong arguments, 1 for everything else.
 */
public final class Broker {
    /** What {@code main} prints when the broker is ready, followed by the port. */
    public static final String READY = "listening on 127.0.0.1:";

    /** A marker of Kafka's: a folder that has it is formatted. */
    private static final String FORMATTED = "meta.properties";

    /** Longest transaction allowed; the sink's default is within it, the broker's is not. */
    private static final String TRANSACTION_MAX_TIMEOUT_MS = "3600000";

    private static final String MESSAGE_MAX_BYTES = "16777216";
    private static final String CLEANER_BUFFER_BYTES = "2097152";

    private Broker() {}

    /** Runs the broker until it is stopped: {@value BrokerArguments#USAGE}. */
    public static void main(String[] arguments) {
        BrokerArguments parsed;
        try {
            parsed = BrokerArguments.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        try {
            run(parsed);
            System.exit(0);
        } catch (Exception e) {
            e.printStackTrace(System.err);
            System.exit(1);
        }
    }

    private static void run(BrokerArguments arguments) throws Exception {
        int port = arguments.port() == 0 ? FreePorts.next() : arguments.port();
        if (!FreePorts.isFree(port)) {
            throw new IOException("port %d on 127.0.0.1 is in use".formatted(port));
        }
        if (arguments.untilInputEnds()) {
            exitWhenInputEnds();
        }
        Path data = Files.createDirectories(arguments.data()).toAbsolutePath();
        ExtraSettings extra = ExtraSettings.read(arguments.settings());
        format(data, extra);
        Map<String, Object> settings = settings(data);
        listen(settings, port, extra);
        settings.putAll(extra.settings());
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "stop-broker"));
        server.startup();
        announce(arguments, port);
        server.awaitShutdown();
    }

    private static void format(Path data, ExtraSettings extra) throws Exception {
        if (Files.exists(data.resolve(FORMATTED))) {
            return;
        }
        new Formatter()
                .setNodeId(1)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName("CONTROLLER")
                .addDirectory(data.toString())
                .setMetadataLogDirectory(data.toString())
                .setScramArguments(extra.scram())
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                .run();
    }

    /** Where clients come in, and, when they speak securely, where the broker talks to itself. */
    private static void listen(Map<String, Object> settings, int port, ExtraSettings extra) {
        int controllerPort = FreePorts.next();
        String own = extra.isPlain() ? "PLAINTEXT" : "INTERNAL";
        String listeners =
                "%s://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(extra.protocol(), port, controllerPort);
        if (!extra.isPlain()) {
            listeners += ",INTERNAL://127.0.0.1:" + FreePorts.next();
        }
        settings.put("listeners", listeners);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("inter.broker.listener.name", own);
        settings.put(
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL,SASL_PLAINTEXT:SASL_PLAINTEXT");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    }

    private static Map<String, Object> settings(Path data) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("log.dirs", data.toString());
        settings.put("auto.create.topics.enable", "false");
        settings.put("message.max.bytes", MESSAGE_MAX_BYTES);
        settings.put("transaction.max.timeout.ms", TRANSACTION_MAX_TIMEOUT_MS);
        settings.put("log.cleaner.dedupe.buffer.size", CLEANER_BUFFER_BYTES);
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.putAll(oneReplica());
        return settings;
    }

    private static Map<String, String> oneReplica() {
        return Map.of(
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "1",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1");
    }

    private static void announce(BrokerArguments arguments, int port) throws IOException {
        if (arguments.portFile().isPresent()) {
            Path file = arguments.portFile().get().toAbsolutePath();
            Path unfinished = file.resolveSibling(file.getFileName() + ".part");
            Files.writeString(unfinished, Integer.toString(port));
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        }
        System.out.println(READY + port);
        System.out.flush();
    }

    private static void exitWhenInputEnds() {
        Thread watcher = new Thread(() -> waitForEnd(System.in), "watch-input");
        watcher.setDaemon(true);
        watcher.start();
    }

    private static void waitForEnd(InputStream input) {
        try {
            input.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            System.err.println("standard input cannot be read: " + e.getMessage());
        }
        System.exit(0);
    }
}
