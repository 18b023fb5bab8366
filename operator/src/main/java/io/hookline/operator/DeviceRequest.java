/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which device a job asks for. */
public sealed interface DeviceRequest {
    /** The processor. */
    record Cpu() implements DeviceRequest {}

    /** The GPU of that index, whatever Flink says. */
    record Named(int index) implements DeviceRequest {}

    /** A GPU that Flink offers as external resource {@code gpu}. */
    record Offered() implements DeviceRequest {}

    /** Reads {@code cpu}, {@code cuda} or {@code cuda:N}; empty for anything else. */
    static Optional<DeviceRequest> parse(String name) {
        Matcher named = Pattern.compile("cuda:(\\d{1,4})").matcher(name);
        if (named.matches()) {
            return Optional.of(new Named(Integer.parseInt(named.group(1))));
        }
        return switch (name) {
            case "cpu" -> Optional.of(new Cpu());
            case "cuda" -> Optional.of(new Offered());
            default -> Optional.empty();
        };
    }
}
