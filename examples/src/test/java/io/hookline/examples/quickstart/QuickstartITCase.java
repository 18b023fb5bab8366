/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.examples.cli.CommandRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class QuickstartITCase {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void quickstart_languageModel_accountsForEveryEventAndShowsBothAnswers() throws IOException {
        int exitCode = run("--events", "20", "--json");

        assertThat(exitCode).isZero();
        assertThat(text())
                .contains("activations.model.model.layers.4", "Activation norms", "[ticket-0005]")
                .contains(
                        "tickets that somebody should see raised one",
                        "warning   ticket-0005: angry")
                .contains("Dear Noah, we are truly sorry", "Hi Noah, thank you for writing");
        JsonNode last = lastLine();
        assertThat(last.get("events").asInt()).isEqualTo(20);
        assertThat(last.get("results").asInt()).isEqualTo(20);
        assertThat(last.get("deadLetters").asInt()).isZero();
        assertThat(last.get("duplicates").asInt()).isZero();
        assertThat(last.get("seconds").asDouble()).isPositive();
        JsonNode alerts = last.get("alerts");
        assertThat(alerts.get("expected").asInt()).isPositive();
        assertThat(alerts.get("raised").asInt()).isEqualTo(alerts.get("expected").asInt());
        assertThat(alerts.get("missed").asInt()).isZero();
        assertThat(alerts.get("falseAlarms").asInt()).isZero();
        assertThat(alerts.get("p99Seconds").asDouble()).isNotNegative();
        assertThat(last.get("activations")).hasSize(6);
        assertThat(last.at("/activations/model.model.layers.0").asInt()).isGreaterThan(20);
    }

    @Test
    void quickstart_encoder_showsPromptsThatAreAlike() throws IOException {
        int exitCode = run("--events", "12", "--model", "minilm", "--json");

        assertThat(exitCode).isZero();
        assertThat(text()).contains("Prompts most alike", "activations.model.encoder.layer.5");
        assertThat(lastLine().get("results").asInt()).isEqualTo(12);
    }

    @Test
    void quickstart_noEvents_isRefused() {
        assertThat(run("--events", "0")).isEqualTo(1);
    }

    private int run(String... arguments) {
        PrintStream before = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            return CommandRun.of(new Quickstart(), arguments);
        } finally {
            System.setOut(before);
        }
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private JsonNode lastLine() throws IOException {
        return JSON.readTree(text().lines().reduce("", (earlier, later) -> later));
    }
}
