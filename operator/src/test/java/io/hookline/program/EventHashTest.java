/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventHashTest {
    @ParameterizedTest
    @CsvSource({
        "'', 0, 00000000",
        "'', 1, 514e28b7",
        "'', ffffffff, 81f16f39",
        "a, 9747b28c, 7fa09ea6",
        "aa, 9747b28c, 5d211726",
        "aaa, 9747b28c, 283e0130",
        "aaaa, 9747b28c, 5a97808a",
        "abc, 0, b3dd93fa",
        "test, 0, ba6bd213",
        "test, 9747b28c, 704b81dc",
        "'Hello, world!', 0, c0363e43",
        "'Hello, world!', 9747b28c, 24884cba",
        "The quick brown fox jumps over the lazy dog, 0, 2e4ff723",
        "The quick brown fox jumps over the lazy dog, 9747b28c, 2fa826cd",
    })
    void murmur3_givesThePublishedValues(String text, String seed, String hash) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

        assertThat(EventHash.murmur3(bytes, Integer.parseUnsignedInt(seed, 16)))
                .isEqualTo(Integer.parseUnsignedInt(hash, 16));
    }

    @Test
    void share_isComparedWithTheUnsignedHash() {
        double share = 0xba6bd213L / 0x1p32;

        assertThat(EventHash.selects("test", share)).isFalse();
        assertThat(EventHash.selects("test", Math.nextUp(share))).isTrue();
        assertThat(EventHash.selects("", 0)).isFalse();
        assertThat(EventHash.selects("test", 1)).isTrue();
    }

    @Test
    void share_selectsAboutThatManyEvents() {
        long selected =
                IntStream.range(0, 10_000).filter(i -> EventHash.selects("evt-" + i, 0.25)).count();

        assertThat(selected).isBetween(2_300L, 2_700L);
    }
}
