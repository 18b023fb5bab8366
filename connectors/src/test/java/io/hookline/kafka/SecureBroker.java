/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import io.hookline.kafka.embedded.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A broker that speaks TLS with a certificate made for it, and knows one user by SASL/SCRAM.
 *
 * @param trustStore holds the certificate
 */
record SecureBroker(BrokerProcess process, Path trustStore) implements AutoCloseable {
    static final String USER = "hookline-job";
    static final String PASSWORD = "correct-horse-battery";
    static final String STORE_PASSWORD = "opens-the-store";

    private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule";

    static SecureBroker start(Path folder) throws IOException, InterruptedException {
        Path keys = folder.resolve("broker.p12");
        Path certificate = folder.resolve("broker.pem");
        Path trust = folder.resolve("trust.p12");
        keytool(
                keys,
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "RSA",
                "-validity",
                "2",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=ip:127.0.0.1");
        keytool(keys, "-exportcert", "-alias", "broker", "-rfc", "-file", certificate.toString());
        keytool(
                trust,
                "-importcert",
                "-alias",
                "broker",
                "-noprompt",
                "-file",
                certificate.toString());
        Map<String, String> settings = new HashMap<>();
        settings.put("broker.protocol", "SASL_SSL");
        settings.put(
                "broker.scram", "SCRAM-SHA-512=[name=%s,password=%s]".formatted(USER, PASSWORD));
        settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
        settings.put("listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config", SCRAM + " required;");
        settings.put("ssl.keystore.location", keys.toString());
        settings.put("ssl.keystore.type", "PKCS12");
        settings.put("ssl.keystore.password", STORE_PASSWORD);
        return new SecureBroker(
                BrokerProcess.start(TestBroker.home(), folder.resolve("data"), 0, settings), trust);
    }

    private static void keytool(Path store, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(
                List.of(
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        STORE_PASSWORD));
        Path output = store.resolveSibling("keytool.log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                        .start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("keytool failed: " + Files.readString(output));
        }
    }

    /** What a user of the job writes to get in with that password. */
    Map<String, String> options(String password) {
        Map<String, String> options = new HashMap<>();
        options.put("hookline.kafka.bootstrap-servers", process.bootstrapServers());
        Map<String, String> properties =
                Map.of(
                        "security.protocol",
                        "SASL_SSL",
                        "sasl.mechanism",
                        "SCRAM-SHA-512",
                        "sasl.jaas.config",
                        "%s required username=\"%s\" password=\"%s\";"
                                .formatted(SCRAM, USER, password),
                        "ssl.truststore.location",
                        trustStore.toString(),
                        "ssl.truststore.type",
                        "PKCS12",
                        "ssl.truststore.password",
                        STORE_PASSWORD);
        properties.forEach((key, value) -> options.put("hookline.kafka.properties." + key, value));
        return options;
    }

    @Override
    public void close() {
        process.close();
    }
}
