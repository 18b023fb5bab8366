/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerArgumentsTest {
    @Test
    void folderAndPort_alone_leaveTheRestOff() {
        assertThat(BrokerArguments.parse("data", "9092"))
                .isEqualTo(
                        new BrokerArguments(
                                Path.of("data"), 9092, Optional.empty(), Optional.empty(), false));
    }

    @Test
    void options_anywhere_areRead() {
        assertThat(
                        BrokerArguments.parse(
                                "--until-input-ends",
                                "data",
                                "--settings",
                                "s",
                                "--port-file",
                                "p",
                                "0"))
                .isEqualTo(
                        new BrokerArguments(
                                Path.of("data"),
                                0,
                                Optional.of(Path.of("p")),
                                Optional.of(Path.of("s")),
                                true));
    }

    @Test
    void argument_missing_isRefusedWithTheUsage() {
        assertThatThrownBy(() -> BrokerArguments.parse("data")).hasMessage(BrokerArguments.USAGE);
        assertThatThrownBy(() -> BrokerArguments.parse("data", "0", "--port-file"))
                .hasMessage(BrokerArguments.USAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"65536", "-1", "any", "123456789012"})
    void port_outOfRange_isRefused(String port) {
        assertThatThrownBy(() -> BrokerArguments.parse("data", port))
                .hasMessage("port must be in the range 0 to 65535, not '%s'".formatted(port));
    }
}
