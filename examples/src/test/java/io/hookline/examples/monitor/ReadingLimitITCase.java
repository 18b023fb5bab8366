/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hookline.schema.SourceRecord;
import org.junit.jupiter.api.Test;

/** A monitor that may read less than comes. */
final class ReadingLimitITCase {
    @Test
    void activations_moreThanMayBeRead_areLeftOutAndCounted_othersAreNot() throws Exception {
        try (SampleTopics topics = new SampleTopics()) {
            topics.writeAll();
            try (Monitor monitor = Monitor.start(topics.settings(50_000))) {
                MonitorPage page = new MonitorPage(monitor.address());
                page.await("pairs", pairs -> pairs.size() == 1);
                SourceRecord source = topics.ask("flood", "Hello");
                String module = SampleRecords.BLOCK;
                java.util.concurrent.Future<?> last = null;
                for (int i = 0; i < 20_000; i++) {
                    last =
                            topics.producer()
                                    .send(
                                            topics.record(
                                                    "activations." + module,
                                                    module,
                                                    SampleRecords.norms(
                                                            source, "flood", module, i)));
                }
                last.get();
                topics.write("results", "after", SampleRecords.result(source, "after", "", false));
                page.await("events", events -> events.toString().contains("\"after\""));
                JsonNode flow = page.await("throughput", found -> skipped(found) > 0);
                assertThat(skipped(flow)).isGreaterThan(1_000);
            }
        }
    }

    private static long skipped(JsonNode flow) {
        long skipped = 0;
        for (JsonNode topic : flow.path("topics")) {
            skipped += topic.path("skipped").asLong();
        }
        return skipped;
    }
}
