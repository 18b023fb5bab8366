/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.broker;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * What a properties file adds to the settings of the broker. Two keys are this program's: {@value
 * #PROTOCOL} is what clients have to speak, {@code PLAINTEXT} unless given; {@value #SCRAM} are
 * users made with the broker's folder, such as {@code SCRAM-SHA-512=[name=a,password=b]}, several
 * by semicolons.
 */
record ExtraSettings(String protocol, List<String> scram, Map<String, String> settings) {
    static final String PROTOCOL = "broker.protocol";
    static final String SCRAM = "broker.scram";

    static ExtraSettings read(Optional<Path> file) throws IOException {
        Properties properties = new Properties();
        if (file.isPresent()) {
            try (Reader in = Files.newBufferedReader(file.get())) {
                properties.load(in);
            }
        }
        Map<String, String> settings = new HashMap<>();
        properties
                .stringPropertyNames()
                .forEach(name -> settings.put(name, properties.getProperty(name)));
        String protocol = Optional.ofNullable(settings.remove(PROTOCOL)).orElse("PLAINTEXT");
        List<String> scram =
                Optional.ofNullable(settings.remove(SCRAM))
                        .map(users -> List.of(users.split(";")))
                        .orElse(List.of());
        return new ExtraSettings(protocol, scram, settings);
    }

    /** Whether clients speak what the broker speaks with itself. */
    boolean isPlain() {
        return protocol.equals("PLAINTEXT");
    }
}
