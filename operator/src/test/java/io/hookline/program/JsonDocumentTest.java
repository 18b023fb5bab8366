/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hookline.schema.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDocumentTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{",
                "nul",
                "{\"invocations\":[{\"prompt\":\"a\"}]} {}",
                "{\"invocations\":[{\"prompt\":\"a\"}]}]",
                "{'invocations':[]}",
                "{\"a\":NaN}",
                "{\"a\":01}",
                "// c\n{}",
                "\u0000",
            })
    void textThatIsNoDocument_isMalformed(String json) {
        assertThat(refusal(json.getBytes(StandardCharsets.UTF_8)).message()).isNotEmpty();
    }

    @Test
    void bytesThatAreNoText_areMalformed() {
        assertThat(refusal(new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'}))
                .extracting(Problem::code)
                .isEqualTo(ErrorCode.MALFORMED_EVENT);
    }

    @Test
    void duplicateField_isMalformed_andNamed() {
        String json = "{\"invocations\":[{\"prompt\":\"a\",\"prompt\":\"b\"}]}";

        Problem problem = refusal(json.getBytes(StandardCharsets.UTF_8));

        assertThat(problem.pointer()).isEqualTo("/invocations/0/prompt");
        assertThat(problem.message()).contains("Duplicate").contains("prompt").contains("line 1");
    }

    @Test
    void deepNesting_isMalformed() {
        byte[] json = new byte[100_000];
        Arrays.fill(json, (byte) '[');

        assertThat(refusal(json).message()).contains("depth");
    }

    @Test
    void tooManyValues_areMalformed() {
        String json = "[" + "1,".repeat(2_000_001) + "1]";

        assertThat(refusal(json.getBytes(StandardCharsets.UTF_8)).message()).contains("oken");
    }

    @Test
    void hugeNumber_isMalformed() {
        String json = "{\"id\":" + "9".repeat(100_000) + "}";

        assertThat(refusal(json.getBytes(StandardCharsets.UTF_8)).message()).contains("umber");
    }

    @Test
    void countlessProblems_areCutShort() {
        String json = "{" + manyFields() + "\"invocations\":[]}";

        ProgramException refusal =
                assertThrows(
                        ProgramException.class,
                        () -> ProgramReader.read(json.getBytes(StandardCharsets.UTF_8)));

        assertThat(refusal.problems()).hasSize(256);
    }

    private static String manyFields() {
        return IntStream.range(0, 300_000)
                .mapToObj(i -> "\"k" + i + "\":1,")
                .collect(Collectors.joining());
    }

    private static Problem refusal(byte[] json) {
        ProgramException refusal =
                assertThrows(ProgramException.class, () -> ProgramReader.read(json));
        assertThat(refusal.code()).isEqualTo(ErrorCode.MALFORMED_EVENT);
        assertThat(refusal.problems()).hasSize(1);
        return refusal.problems().get(0);
    }
}
