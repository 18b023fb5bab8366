/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static io.hookline.operator.internal.InvocationHarness.json;
import static io.hookline.operator.internal.InvocationHarness.prompt;
import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.Envelope;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.SourceEvent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RedactorTest {
    private static final String SECRET = "swordfish";

    private static final List<SourceEvent> EVENTS =
            List.of(
                    json("{\"invocations\": [{\"prompt\": \"refuse swordfish\"}]}", 0),
                    json("swordfish", 1),
                    json("{\"invocations\": [{\"prompt\": swordfish}]}", 2),
                    json("{\"invocations\": [{\"prompt\": [\"swordfish\"]}]}", 3),
                    json("{\"invocations\": [{\"swordfish\": 1}]}", 4),
                    json("{\"invocations\": \"swordfish\"}", 5),
                    json("{\"logits\": \"swordfish\", \"invocations\": [{\"prompt\": \"a\"}]}", 6),
                    json("{\"invocations\": [{\"prompt\": \"unplannable swordfish\"}]}", 7),
                    json("{\"invocations\": [{\"prompt\": \"poison swordfish\"}]}", 8),
                    json("{\"invocations\": [{\"prompt\": \"fail swordfish\"}]}", 9));

    @ParameterizedTest
    @ValueSource(strings = {"hash", "drop"})
    void deadLetters_redacted_sayNothingOfThePrompt(String mode) throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job(mode))) {
            for (SourceEvent event : EVENTS) {
                harness.event(event);
            }
            harness.endEvents();
            assertThat(harness.deadLetters()).hasSize(EVENTS.size());
            assertThat(harness.extractOutputValues())
                    .extracting(Envelope::value)
                    .allSatisfy(
                            value ->
                                    assertThat(new String(value, StandardCharsets.ISO_8859_1))
                                            .doesNotContain(SECRET));
            assertThat(harness.deadLetters())
                    .extracting(DeadLetter::getReason)
                    .contains("nobody came");
        }
    }

    @Test
    void deadLetter_notRedacted_hasTheEvent() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job("none"))) {
            harness.event(EVENTS.get(1));
            assertThat(harness.deadLetters().get(0).getReason()).contains(SECRET);
            assertThat(text(harness.deadLetters().get(0))).isEqualTo(SECRET);
        }
    }

    @Test
    void deadLetter_hashed_hasTheHashOfTheEventBehindTheSalt() throws Exception {
        try (InvocationHarness harness =
                InvocationHarness.open(job("hash", "hookline.redact.salt", "pepper"))) {
            harness.event(EVENTS.get(1));
            DeadLetter letter = harness.deadLetters().get(0);
            assertThat(text(letter)).isEqualTo("sha-256 " + sha256("pepperswordfish"));
            assertThat(letter.getFormat()).isEqualTo("HASHED");
        }
    }

    @Test
    void deadLetter_dropped_hasNoBytes() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job("drop"))) {
            harness.event(EVENTS.get(1));
            assertThat(text(harness.deadLetters().get(0))).isEmpty();
            assertThat(harness.deadLetters().get(0).getFormat()).isEqualTo("DROPPED");
        }
    }

    @Test
    void result_hashed_hasTheHashOfEachPromptAndNoTokens() throws Exception {
        InvocationResult result = result("hash");
        assertThat(result.getInvocations().get(0).getTokens()).isEmpty();
        assertThat(result.getOmitted())
                .containsExactly("invocations/0/tokens: redacted, sha-256 " + sha256(SECRET));
    }

    @Test
    void result_dropped_saysSo() throws Exception {
        InvocationResult result = result("drop");
        assertThat(result.getInvocations().get(0).getTokens()).isEmpty();
        assertThat(result.getOmitted()).containsExactly("invocations/0/tokens: redacted");
    }

    private static InvocationResult result(String mode) throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job(mode))) {
            harness.event(prompt(SECRET, 0));
            harness.endEvents();
            return harness.results().get(0);
        }
    }

    private static Job job(String mode, String... more) {
        Map<String, String> options = new HashMap<>(Map.of("hookline.redact.prompt", mode));
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return new Job(new TestingModelRuntime().source(), options);
    }

    private static String text(DeadLetter letter) {
        return StandardCharsets.UTF_8.decode(letter.getOriginal().duplicate()).toString();
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(
                        MessageDigest.getInstance("SHA-256")
                                .digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
