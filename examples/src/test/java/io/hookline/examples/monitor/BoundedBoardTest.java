/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.SourceRecord;
import org.junit.jupiter.api.Test;

/** What the monitor keeps does not grow with what comes. */
final class BoundedBoardTest {
    @Test
    void events_moreThanAreKept_pushOutTheOldest() {
        EventLog log = new EventLog();
        for (int i = 0; i < 1_200; i++) {
            SourceRecord source = SampleRecords.source("events", i);
            log.enter(SampleRecords.result(source, "e" + i, "text", false));
        }
        assertThat(log.newest()).hasSize(500);
        assertThat(log.newest().path(0).path("eventId").asText()).isEqualTo("e1199");
        assertThat(log.find("e0")).isEmpty();
        assertThat(log.detail(EventKey.of(SampleRecords.source("events", 1_199)))).isPresent();
    }

    @Test
    void norms_moreThanAreKept_pushOutTheOldestEvents() throws Exception {
        EventLog log = new EventLog();
        float[] norms = new float[50_000];
        for (int i = 0; i < 60; i++) {
            SourceRecord source = SampleRecords.source("events", i);
            log.enter(SampleRecords.norms(source, "e" + i, "model.mlp", norms));
        }
        assertThat(log.newest()).hasSize(40);
        assertThat(log.find("e59")).isPresent();
    }

    @Test
    void norm_thatComesTwice_isKeptOnce() throws Exception {
        EventLog log = new EventLog();
        SourceRecord source = SampleRecords.source("events", 0);
        log.enter(SampleRecords.norms(source, "e", "model.mlp", 1, 2));
        log.enter(SampleRecords.norms(source, "e", "model.mlp", 1, 3));
        ObjectNode row =
                (ObjectNode) log.detail(EventKey.of(source)).orElseThrow().path("heatmap").path(0);
        assertThat(row.path("norms").toString()).isEqualTo("[1.0,3.0]");
    }

    @Test
    void signals_moreThanAreKept_leaveTheNewestInOrder() {
        SignalLog log = new SignalLog();
        SourceRecord source = SampleRecords.source("events", 0);
        for (int i = 0; i < 2_500; i++) {
            log.enter(SampleRecords.signal(source, "e", i, i));
        }
        ObjectNode series =
                log.points(log.find(log.all().path(0).path("key").asText()).orElseThrow());
        assertThat(series.path("values")).hasSize(1_000);
        assertThat(series.path("values").path(0).asInt()).isEqualTo(1_500);
        assertThat(series.path("values").path(999).asInt()).isEqualTo(2_499);
    }

    @Test
    void number_thatJsonHasNot_isAText() {
        SignalLog log = new SignalLog();
        log.enter(SampleRecords.signal(SampleRecords.source("events", 0), "e", 0, Double.NaN));
        assertThat(new String(Json.bytes(log.all()), java.nio.charset.StandardCharsets.UTF_8))
                .contains("\"last\":\"NaN\"");
    }

    @Test
    void seconds_longPast_areForgotten() {
        Throughput throughput = new Throughput(1_000_000);
        throughput.count(1_000_500, "results", TopicKind.RESULTS, 10, true);
        throughput.count(1_000_500, "results", TopicKind.RESULTS, 10, false);
        assertThat(throughput.summary(1_001_000, 10).path("events").path("perSecond").asDouble())
                .isEqualTo(1);
        ObjectNode later = throughput.history(1_000_000 + 3_600_000);
        assertThat(later.path("seconds")).hasSize(599);
        assertThat(later.path("events").toString()).doesNotContain("1");
        assertThat(throughput.topics().path(0).path("records").asInt()).isEqualTo(2);
    }
}
