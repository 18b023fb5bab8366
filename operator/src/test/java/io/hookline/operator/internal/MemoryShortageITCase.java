/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** ONNX Runtime really gets no memory: the process that asked for it lives on. */
@EnabledOnOs(OS.LINUX)
final class MemoryShortageITCase {
    private static final long ROOM_KILOBYTES = 600_000;
    private static final Pattern KILOBYTES = Pattern.compile("kilobytes: (\\d+)");

    /**
     * The event that needs too much by itself is a dead letter; those that need too much together
     * run one after the other; those that come later run as ever.
     */
    @Test
    void events_thatNeedMoreMemoryThanThereIs_endAndOthersGoOn() throws Exception {
        String ample = output(MemoryShortage.start("unlimited", "small"));
        Matcher used = KILOBYTES.matcher(ample);
        assertThat(used.find()).as(ample).isTrue();
        long limit = Long.parseLong(used.group(1)) + ROOM_KILOBYTES;

        String tight = output(MemoryShortage.start(Long.toString(limit), "large"));

        assertThat(tight)
                .contains("results: 12")
                .containsOnlyOnce(
                        "dead letter: inference failed in each of 3 attempts, last: out of memory: ");
    }

    private static String output(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
