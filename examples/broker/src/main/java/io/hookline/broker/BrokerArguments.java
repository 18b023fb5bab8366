/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.broker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the command line asks for.
 *
 * @param data the folder of the log; made when it is not there, kept on exit
 * @param port the port to listen on, 0 for any free one
 * @param portFile where to write the port once the broker is ready
 * @param settings a properties file with settings of the broker's, see {@link ExtraSettings}
 * @param untilInputEnds whether the broker stops when its standard input ends
 */
record BrokerArguments(
        Path data,
        int port,
        Optional<Path> portFile,
        Optional<Path> settings,
        boolean untilInputEnds) {
    static final String USAGE =
            "usage: Broker DATA_FOLDER PORT [--port-file FILE] [--settings FILE] [--until-input-ends]";

    static BrokerArguments parse(String... arguments) {
        List<String> left = new ArrayList<>(List.of(arguments));
        boolean untilInputEnds = left.remove("--until-input-ends");
        Optional<Path> portFile = file("--port-file", left);
        Optional<Path> settings = file("--settings", left);
        if (left.size() != 2) {
            throw new IllegalArgumentException(USAGE);
        }
        return new BrokerArguments(
                Path.of(left.get(0)), port(left.get(1)), portFile, settings, untilInputEnds);
    }

    private static Optional<Path> file(String option, List<String> left) {
        int at = left.indexOf(option);
        if (at < 0) {
            return Optional.empty();
        }
        if (at + 1 == left.size()) {
            throw new IllegalArgumentException(USAGE);
        }
        left.remove(at);
        return Optional.of(Path.of(left.remove(at)));
    }

    private static int port(String text) {
        int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : -1;
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException(
                    "port must be in the range 0 to 65535, not '%s'".formatted(text));
        }
        return port;
    }
}
