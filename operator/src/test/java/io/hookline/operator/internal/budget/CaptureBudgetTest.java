/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hookline.operator.BudgetStep;
import io.hookline.operator.InvocationSettings.Budget;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.Destination;
import io.hookline.schema.ElementType;
import io.hookline.schema.Envelope;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.ActivationValues;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.Chunks;
import io.hookline.schema.codec.TensorCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.flink.metrics.testutils.MetricListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a budget does to the records of events, by a clock of its own. */
class CaptureBudgetTest {
    private static final int WIDTH = 64;
    private static final int TOKENS = 10;
    private static final CaptureBudget.Payer NOBODY = new CaptureBudget.Payer("events-0-7", "");
    private static final OptionalLong NONE = OptionalLong.empty();

    private final AvroFraming framing = AvroFraming.singleObject();
    private final MetricListener metrics = new MetricListener();
    private final Losses losses = new Losses(Lost.NOTHING);
    private final int size = envelope("model.a", 0).value().length;

    @Test
    void records_withinTheBudget_leaveAsTheyAre() throws Exception {
        CaptureBudget budget = job(2L * size, BudgetStep.DROP);
        Envelope first = envelope("model.a", 0);
        assertThat(pass(budget, first, 0)).containsSame(first);
        assertThat(pass(budget, envelope("model.b", 1), 0)).isPresent();
        assertThat(pass(budget, envelope("model.a", 2), 0)).isEmpty();
        assertThat(pass(budget, envelope("model.a", 3), 499)).isEmpty();
        assertThat(pass(budget, envelope("model.a", 4), 500)).isPresent();
        assertThat(losses.described())
                .containsExactly("BUDGET_EXCEEDED: records of cache 'c' dropped: 2");
        assertThat(counter("budget", "step", "drop", "records")).isEqualTo(2);
        assertThat(counter("budget", "topic", "model.a", "recordsLost")).isEqualTo(2);
        assertThat(counter("budget", "bytesSaved")).isEqualTo(2L * size);
    }

    @Test
    void record_overTheBudget_goesThroughTheStepsInOrderUntilItFits() throws Exception {
        Map<List<BudgetStep>, String> expected =
                Map.of(
                        List.of(BudgetStep.LAST_TOKEN), "float32 [1, 64]",
                        List.of(BudgetStep.FLOAT16), "float16 [10, 64]",
                        List.of(BudgetStep.INT8), "int8 [10, 64]",
                        List.of(BudgetStep.MEAN), "float32 [64]",
                        List.of(BudgetStep.LAST_TOKEN, BudgetStep.FLOAT16), "float16 [1, 64]",
                        List.of(BudgetStep.FLOAT16, BudgetStep.INT8), "int8 [10, 64]",
                        List.of(BudgetStep.INT8, BudgetStep.LAST_TOKEN), "int8 [1, 64]");
        for (var each : expected.entrySet()) {
            CaptureBudget budget = job(size + 1L, each.getKey().toArray(new BudgetStep[0]));
            assertThat(pass(budget, envelope("model.a", 0), 0)).isPresent();
            ActivationRecord record = record(pass(budget, envelope("model.a", 1), 0));
            assertThat(record.getTensor().getDtype() + " " + record.getTensor().getShape())
                    .isEqualTo(each.getValue());
            assertThat(record.getRecordId()).isEqualTo("id 1");
        }
    }

    @Test
    void record_madeSmaller_isNoFurtherOffThanItSays() throws Exception {
        for (BudgetStep step : List.of(BudgetStep.FLOAT16, BudgetStep.INT8)) {
            CaptureBudget budget = job(1, step);
            pass(budget, envelope("model.a", 0), 0);
            ActivationRecord record = record(pass(budget, envelope("model.a", 1), 0));
            float[] read = ActivationValues.of(record);
            double bound = record.getErrorBound().orElseThrow();
            assertThat(bound).isPositive().isLessThan(0.1);
            for (int i = 0; i < read.length; i++) {
                assertThat((double) read[i]).isCloseTo(values()[i], within(bound + 1e-6));
            }
        }
    }

    @Test
    void record_cutToTheLastToken_orReduced_saysWhichTokens() throws Exception {
        CaptureBudget last = job(1, BudgetStep.LAST_TOKEN);
        pass(last, envelope("model.a", 0), 0);
        ActivationRecord cut = record(pass(last, envelope("model.a", 1), 0));
        assertThat(cut.getFirstToken()).isEqualTo(TOKENS - 1);
        assertThat(cut.getLastToken()).isEqualTo(TOKENS - 1);
        assertThat(ActivationValues.of(cut)[0]).isEqualTo(values()[(TOKENS - 1) * WIDTH]);

        CaptureBudget mean = job(1, BudgetStep.MEAN);
        pass(mean, envelope("model.a", 0), 0);
        ActivationRecord reduced = record(pass(mean, envelope("model.a", 1), 0));
        assertThat(reduced.getReduction()).isEqualTo("mean");
        double sum = 0;
        for (int token = 0; token < TOKENS; token++) {
            sum += values()[token * WIDTH];
        }
        assertThat((double) ActivationValues.of(reduced)[0]).isCloseTo(sum / TOKENS, within(1e-4));
    }

    @Test
    void record_thatNoStepMakesFit_isWrittenAndMadeUpFor() throws Exception {
        CaptureBudget budget = job(size, BudgetStep.FLOAT16);
        assertThat(pass(budget, envelope("model.a", 0), 0)).isPresent();
        for (int i = 1; i < 5; i++) {
            assertThat(record(pass(budget, envelope("model.a", i), 0)).getTensor().getDtype())
                    .isEqualTo("float16");
        }
        assertThat(record(pass(budget, envelope("model.a", 6), 1_000)).getTensor().getDtype())
                .as("a second pays for the debt only")
                .isEqualTo("float16");
        assertThat(record(pass(budget, envelope("model.a", 7), 60_000)).getTensor().getDtype())
                .isEqualTo("float32");
    }

    @Test
    void sample_byHashOfTheEvent_keepsAllRecordsOfSomeEventsOnly() throws Exception {
        Budget settings =
                new Budget(
                        OptionalLong.of(1),
                        NONE,
                        NONE,
                        Duration.ofSeconds(1),
                        List.of(BudgetStep.SAMPLE),
                        0.5);
        CaptureBudget budget = budget(settings);
        pass(budget, envelope("model.a", 0), 0);
        int kept = 0;
        for (int event = 0; event < 100; event++) {
            CaptureBudget.Payer payer = new CaptureBudget.Payer("e" + event, "");
            boolean first = budget.pass(envelope("model.a", 1), payer, losses, 0).isPresent();
            assertThat(budget.pass(envelope("model.b", 2), payer, losses, 0).isPresent())
                    .isEqualTo(first);
            kept += first ? 1 : 0;
        }
        assertThat(kept).isBetween(25, 75);
        assertThat(losses.missing()).isEqualTo(Map.of("c", 2L * (100 - kept)));
    }

    @Test
    void topicsAndTenants_haveBudgetsOfTheirOwn() throws Exception {
        CaptureBudget topics = budget(settings(NONE, OptionalLong.of(size), NONE));
        assertThat(pass(topics, envelope("model.a", 0), 0)).isPresent();
        assertThat(pass(topics, envelope("model.a", 1), 0)).isEmpty();
        assertThat(pass(topics, envelope("model.b", 2), 0)).isPresent();

        CaptureBudget tenants = budget(settings(NONE, NONE, OptionalLong.of(size)));
        CaptureBudget.Payer acme = new CaptureBudget.Payer("e", "acme");
        assertThat(tenants.pass(envelope("model.a", 0), acme, losses, 0)).isPresent();
        assertThat(tenants.pass(envelope("model.b", 1), acme, losses, 0)).isEmpty();
        assertThat(pass(tenants, envelope("model.a", 2), 0)).isPresent();
    }

    @Test
    void subtasks_shareTheBudget() throws Exception {
        CaptureBudget half =
                new CaptureBudget(
                        settings(OptionalLong.of(2L * size), NONE, NONE),
                        2,
                        framing,
                        new BudgetMetrics(metrics.getMetricGroup()));
        assertThat(pass(half, envelope("model.a", 0), 0)).isPresent();
        assertThat(pass(half, envelope("model.a", 1), 0)).isEmpty();
    }

    @Test
    void recordInChunks_leavesWholeOrNotAtAll() throws Exception {
        CaptureBudget budget = job(size, BudgetStep.FLOAT16, BudgetStep.DROP);
        List<ActivationRecord> chunks = Chunks.split(activation("model.a", 1), 1_000);
        assertThat(chunks).hasSizeGreaterThan(2);
        for (ActivationRecord chunk : chunks) {
            assertThat(pass(budget, envelope(chunk), 0))
                    .as("begun when there was room")
                    .isPresent();
        }
        for (ActivationRecord chunk : Chunks.split(activation("model.a", 2), 1_000)) {
            assertThat(pass(budget, envelope(chunk), 0)).isEmpty();
        }
        assertThat(losses.missing()).isEqualTo(Map.of("c", 1L));
    }

    @Test
    void recordInChunks_droppedBeforeARestart_staysDroppedAfterIt() throws Exception {
        List<ActivationRecord> chunks = Chunks.split(activation("model.a", 1), 1_000);
        CaptureBudget before = job(size, BudgetStep.DROP);
        pass(before, envelope("model.a", 0), 0);
        assertThat(pass(before, envelope(chunks.get(0)), 0)).isEmpty();
        Losses restored = new Losses(losses.lost());
        CaptureBudget after = job(size, BudgetStep.DROP);
        for (ActivationRecord chunk : chunks.subList(1, chunks.size())) {
            assertThat(after.pass(envelope(chunk), NOBODY, restored, 0)).isEmpty();
        }
        assertThat(restored.missing()).isEqualTo(Map.of("c", 1L));
        assertThat(restored.described()).isEqualTo(losses.described());
    }

    @ParameterizedTest
    @EnumSource(BudgetStep.class)
    void everyStep_isCountedInMetricsAndMarkedInTheResult(BudgetStep step) throws Exception {
        CaptureBudget budget = job(1, step);
        Envelope first = envelope("model.a", 0);
        assertThat(pass(budget, first, 0)).containsSame(first);
        Optional<Envelope> second = pass(budget, envelope("model.a", 1), 0);
        boolean gone = step == BudgetStep.SAMPLE || step == BudgetStep.DROP;
        assertThat(second.isEmpty()).isEqualTo(gone);
        long saved = size - second.map(envelope -> (long) envelope.value().length).orElse(0L);
        assertThat(saved).isPositive();
        assertThat(counter("budget", "step", step.wireName(), "records")).isEqualTo(1);
        assertThat(counter("budget", "topic", "model.a", "recordsLost")).isEqualTo(1);
        assertThat(counter("budget", "bytesSaved")).isEqualTo(saved);
        InvocationResult marked =
                framing.decode(
                        pass(budget, result(), 0).orElseThrow().value(), InvocationResult.class);
        assertThat(marked.getOmitted())
                .containsExactly(
                        "before",
                        "BUDGET_EXCEEDED: records of cache 'c' %s: 1"
                                .formatted(Narrowing.described(step)));
        assertThat(marked.getRecordCounts().get("c")).isEqualTo(gone ? 1 : 2);
    }

    @Test
    void result_ofAnEventThatLostRecords_saysSo_othersAreNotTouched() throws Exception {
        CaptureBudget budget = job(size, BudgetStep.DROP);
        Envelope result = result();
        assertThat(pass(budget, result, 0)).containsSame(result);
        pass(budget, envelope("model.a", 0), 0);
        pass(budget, envelope("model.a", 1), 0);
        InvocationResult marked =
                framing.decode(
                        pass(budget, result, 0).orElseThrow().value(), InvocationResult.class);
        assertThat(marked.getOmitted())
                .containsExactly("before", "BUDGET_EXCEEDED: records of cache 'c' dropped: 1");
        assertThat(marked.getRecordCounts()).isEqualTo(Map.of("c", 1L, "d", 5L));
        Envelope letter =
                new Envelope(new Destination.DeadLetters(), "", "", new byte[9], List.of());
        assertThat(pass(budget, letter, 0)).containsSame(letter);
    }

    @Test
    void manyTopics_haveBoundedCounters() throws Exception {
        CaptureBudget budget = job(1, BudgetStep.DROP);
        pass(budget, envelope("first", 0), 0);
        for (int i = 0; i < BudgetMetrics.TOPICS + 20; i++) {
            pass(budget, envelope("model." + i, i), 0);
        }
        assertThat(counter("budget", "topic", "others", "recordsLost")).isEqualTo(20);
        assertThat(counter("inference", "reason", "budget-drop", "captureDropped"))
                .isEqualTo(BudgetMetrics.TOPICS + 20);
    }

    private CaptureBudget job(long bytesPerSecond, BudgetStep... steps) {
        return budget(
                new Budget(
                        OptionalLong.of(bytesPerSecond),
                        NONE,
                        NONE,
                        Duration.ofSeconds(1),
                        List.of(steps),
                        0));
    }

    private static Budget settings(OptionalLong job, OptionalLong topic, OptionalLong tenant) {
        return new Budget(job, topic, tenant, Duration.ofSeconds(1), List.of(BudgetStep.DROP), 0);
    }

    private CaptureBudget budget(Budget settings) {
        return new CaptureBudget(settings, 1, framing, new BudgetMetrics(metrics.getMetricGroup()));
    }

    private Optional<Envelope> pass(CaptureBudget budget, Envelope envelope, long now)
            throws Exception {
        return budget.pass(envelope, NOBODY, losses, now);
    }

    private ActivationRecord record(Optional<Envelope> envelope) throws Exception {
        return framing.decode(envelope.orElseThrow().value(), ActivationRecord.class);
    }

    private long counter(String... path) {
        return metrics.getCounter(path).orElseThrow().getCount();
    }

    private Envelope envelope(String module, int number) {
        return envelope(activation(module, number));
    }

    private Envelope envelope(ActivationRecord record) {
        String module = record.getModulePath();
        return new Envelope(
                new Destination.Activations(module),
                module,
                "e",
                framing.encode(record),
                List.of());
    }

    private static float[] values() {
        float[] values = new float[TOKENS * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i) * 5;
        }
        return values;
    }

    private static ActivationRecord activation(String module, int number) {
        return ActivationRecord.newBuilder()
                .setRecordId("id " + number)
                .setEventId("e")
                .setSource(new SourceRecord("events", 0, (long) number))
                .setInvocation(0)
                .setCache("c")
                .setModulePath(module)
                .setIo("output")
                .setStep(0)
                .setFirstToken(0)
                .setLastToken(TOKENS - 1)
                .setTensor(
                        TensorCodec.payload(
                                values(), new int[] {TOKENS, WIDTH}, ElementType.FLOAT32))
                .setModel("m")
                .setModelDigest("00")
                .setEventTime(Instant.EPOCH)
                .build();
    }

    private Envelope result() {
        InvocationResult result =
                InvocationResult.newBuilder()
                        .setEventId("e")
                        .setSource(new SourceRecord("events", 0, 1L))
                        .setModel("m")
                        .setModelDigest("00")
                        .setInvocations(List.of())
                        .setOmitted(List.of("before"))
                        .setRecordCounts(Map.of("c", 2L, "d", 5L))
                        .setEventTime(Instant.EPOCH)
                        .build();
        return new Envelope(new Destination.Results(), "e", "e", framing.encode(result), List.of());
    }
}
