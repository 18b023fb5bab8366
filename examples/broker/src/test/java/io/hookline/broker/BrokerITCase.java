/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker as users start it: a process of its own on the folder that the build makes. */
class BrokerITCase {
    private static final Path HOME = Path.of("target", "broker").toAbsolutePath();

    @TempDir Path folder;

    @Test
    void broker_startedAgainOnItsFolder_keepsItsTopics() throws Exception {
        Process first = start("0", "--port-file", folder.resolve("port").toString());
        String servers = awaitReady(first);
        assertThat(servers).endsWith(":" + Files.readString(folder.resolve("port")));
        try (Admin admin = admin(servers)) {
            admin.createTopics(List.of(new NewTopic("kept", 2, (short) 1))).all().get();
        }
        first.destroy();
        assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(first.exitValue()).isEqualTo(143);

        Process second = start("0");
        try (Admin admin = admin(awaitReady(second))) {
            assertThat(admin.listTopics().names().get()).contains("kept");
        } finally {
            second.destroyForcibly().waitFor();
        }
    }

    @Test
    void broker_whoseInputEnds_stops() throws Exception {
        Process broker = start("0", "--until-input-ends");
        awaitReady(broker);
        broker.getOutputStream().close();
        assertThat(broker.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(broker.exitValue()).isZero();
    }

    @Test
    void port_inUse_isNamed() throws Exception {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        try (ServerSocket taken = new ServerSocket(0, 1, loopback)) {
            Process broker = start(Integer.toString(taken.getLocalPort()));
            assertThat(broker.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(broker.exitValue()).isEqualTo(1);
            assertThat(Files.readString(folder.resolve("errors")))
                    .contains("port %d on 127.0.0.1 is in use".formatted(taken.getLocalPort()));
        }
    }

    private Process start(String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-cp",
                                HOME + "/*",
                                Broker.class.getName(),
                                folder.resolve("data").toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("errors").toFile()))
                .start();
    }

    private String awaitReady(Process broker) throws IOException {
        BufferedReader output = broker.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        assertThat(line).as(Files.readString(folder.resolve("errors"))).startsWith(Broker.READY);
        return line.substring("listening on ".length());
    }

    private static Admin admin(String servers) {
        return Admin.create(Map.of("bootstrap.servers", servers));
    }
}
