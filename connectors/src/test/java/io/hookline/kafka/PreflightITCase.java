/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.Destination;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreflightITCase {
    private static final List<Destination> RESULTS = List.of(new Destination.Results());

    @Test
    void job_thatCanRun_passesTwice() {
        KafkaSettings settings = TestSettings.with("hookline.sink.transaction-timeout", "1 h");
        Preflight.check(settings, RESULTS);
        assertThatCode(() -> Preflight.check(settings, RESULTS)).doesNotThrowAnyException();
    }

    @Test
    void problems_areReportedAllAtOnce() {
        KafkaSettings settings =
                TestSettings.with(
                        "hookline.sink.transaction-timeout", "2 h",
                        "hookline.topics.create", "false");
        assertThatThrownBy(() -> Preflight.check(settings, RESULTS))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContainingAll(
                        "3 problems:",
                        settings.events().topic() + ", " + settings.control().topic(),
                        new TopicRouting(settings.topics()).topic(new Destination.Results()),
                        "'hookline.sink.transaction-timeout' is 7200000 ms, and the brokers allow"
                                + " 3600000 ms: lower it or raise their"
                                + " 'transaction.max.timeout.ms'");
    }

    @Test
    void transactions_shorterThanARestart_areRefused() {
        KafkaSettings settings = TestSettings.with("hookline.sink.transaction-timeout", "3 min");
        assertThatThrownBy(() -> Preflight.checkTransactions(settings, Duration.ofSeconds(10)))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining(
                        "'hookline.sink.transaction-timeout' is 180 s, and must be at least 190 s: a checkpoint every 10 s and 180 s for a restart");
    }

    @Test
    void transactions_thatOutliveARestart_pass() {
        KafkaSettings settings = TestSettings.with("hookline.sink.transaction-timeout", "190 s");
        assertThatCode(() -> Preflight.checkTransactions(settings, Duration.ofSeconds(10)))
                .doesNotThrowAnyException();
    }

    @Test
    void transactionTimeout_withoutTransactions_isNoProblem() {
        KafkaSettings settings =
                TestSettings.with(
                        "hookline.sink.transaction-timeout", "2 h",
                        "hookline.sink.delivery-guarantee", "at-least-once");
        assertThatCode(() -> Preflight.check(settings, RESULTS)).doesNotThrowAnyException();
    }

    @Test
    void brokers_thatDoNotAnswer_areNamed() {
        KafkaSettings settings =
                TestSettings.with(
                        "hookline.kafka.bootstrap-servers", "127.0.0.1:1",
                        "hookline.kafka.properties.default.api.timeout.ms", "300",
                        "hookline.kafka.properties.request.timeout.ms", "200");
        assertThatThrownBy(() -> Preflight.check(settings, RESULTS))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageStartingWith("brokers at '127.0.0.1:1' do not answer as they should: ");
    }

    @Test
    void inputTopics_madeHere_leaveRoomForTheDeadLetterOfTheirLargestEvent() {
        KafkaSettings settings = TestSettings.with("hookline.sink.max-request-size", "2 mb");

        Preflight.check(settings, RESULTS);

        try (TopicAdmin admin = new TopicAdmin(settings.connection())) {
            assertThat(admin.largestMessage(settings.events().topic())).hasValue(1 << 20);
            assertThat(admin.largestMessage(settings.control().topic())).hasValue(1 << 20);
        }
    }

    @Test
    void eventsTopic_thatAcceptsMoreThanADeadLetterCanHold_isRefused() {
        KafkaSettings roomy = TestSettings.with("hookline.sink.max-request-size", "4 mb");
        Preflight.check(roomy, RESULTS);
        KafkaSettings settings =
                TestSettings.with(
                        "hookline.sink.max-request-size",
                        "3 mb",
                        "hookline.events.topic",
                        roomy.events().topic());

        assertThatThrownBy(() -> Preflight.check(settings, RESULTS))
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining(
                        "topic '%s' accepts records of 2097152 bytes, and a dead letter holds an event of at most 1572864, half of 'hookline.sink.max-request-size': lower the topic's 'max.message.bytes' or raise that option"
                                .formatted(roomy.events().topic()));
    }
}
