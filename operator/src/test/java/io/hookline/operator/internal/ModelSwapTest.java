/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static io.hookline.operator.internal.InvocationHarness.controlEvent;
import static io.hookline.operator.internal.InvocationHarness.json;
import static io.hookline.operator.internal.InvocationHarness.policy;
import static io.hookline.operator.internal.InvocationHarness.prompt;
import static io.hookline.operator.internal.InvocationHarness.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hookline.operator.FramingSource;
import io.hookline.operator.JobStart;
import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.operator.internal.InvocationHarness.Subtask;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.ModelDescriptor;
import io.hookline.schema.SourceEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Models that come and go while a job runs. */
@Timeout(60)
class ModelSwapTest {
    private static final String OWN = "own";

    private final TestingModels models = new TestingModels();

    @Test
    void event_namingAModelOnItsWay_waitsForItAndRunsOnIt() throws Exception {
        CountDownLatch gate = models.gate("other-2");
        Map<String, String> options = Map.of("hookline.batch.max-size", "1");
        try (InvocationHarness harness = InvocationHarness.open(job(options))) {
            harness.event(on("other", 0));
            harness.runUntil(() -> harness.ended() == 1);
            harness.control(put("other", "other-2", "2", 10));
            harness.event(on("other", 1));
            harness.event(prompt("a", 2));
            harness.runUntil(() -> harness.ended() == 2);
            gate.countDown();
            harness.runUntil(() -> harness.ended() == 3);

            assertThat(harness.deadLetters().get(0).getReason())
                    .isEqualTo("no model 'other', this job runs 'own'");
            assertThat(ran(harness))
                    .isEqualTo(
                            Map.of(
                                    "events-0-1", "other 2 digest of other-2",
                                    "events-0-2", "own - digest of own"));
            assertThat(descriptors(harness)).containsExactly("own null", "other 2");
        }
        assertThat(models.open()).isEmpty();
    }

    @Test
    void swap_ofTheJobsModel_oldServesUntilNewIsReadyAndLeavesWithItsLastEvent() throws Exception {
        CountDownLatch loading = models.gate("own-2");
        Map<String, String> options =
                Map.of("hookline.batch.max-size", "1", "hookline.workers", "2");
        try (InvocationHarness harness = InvocationHarness.open(job(options))) {
            CountDownLatch slow = models.last(OWN).runtime().gate("slow");
            harness.control(put(OWN, "own-2", "2", 10));
            harness.event(prompt("a", 0));
            harness.event(prompt("slow", 1));
            harness.runUntil(() -> harness.ended() == 1);
            loading.countDown();
            harness.runUntil(() -> descriptors(harness).size() == 2);
            harness.event(prompt("a", 2));
            harness.runUntil(() -> harness.ended() == 2);
            assertThat(models.open()).containsExactly("own", "own-2");
            slow.countDown();
            harness.runUntil(() -> harness.ended() == 3);
            harness.runUntil(() -> models.last(OWN).isClosed());

            assertThat(ran(harness))
                    .isEqualTo(
                            Map.of(
                                    "events-0-0", "own - digest of own",
                                    "events-0-1", "own - digest of own",
                                    "events-0-2", "own 2 digest of own-2"));
            assertThat(models.open()).containsExactly("own-2");
        }
        assertThat(models.open()).isEmpty();
    }

    @Test
    void swap_thatFails_leavesTheOldServingAndSaysWhy() throws Exception {
        models.breaks("own-2", "no such thing");
        SourceEvent control = put(OWN, "own-2", "2", 10);
        OperatorSubtaskState state;
        try (InvocationHarness harness = InvocationHarness.open(job(Map.of()))) {
            harness.control(control);
            harness.runUntil(() -> !harness.deadLetters().isEmpty());
            harness.event(prompt("a", 0));
            harness.endEvents();

            DeadLetter letter = harness.deadLetters().get(0);
            assertThat(letter.getCode()).isEqualTo("UNSUPPORTED_MODEL");
            assertThat(letter.getReason()).isEqualTo("model 'own' can't be loaded: no such thing");
            assertThat(letter.getOriginal()).isEqualTo(ByteBuffer.wrap(control.value()));
            assertThat(letter.getSource().getOffset()).isEqualTo(10);
            assertThat(ran(harness).get("events-0-0")).isEqualTo("own - digest of own");
            assertThat(descriptors(harness)).containsExactly("own null");
            state = harness.snapshot(1, 1);
        }
        try (InvocationHarness harness =
                InvocationHarness.restore(job(Map.of()), Subtask.ONLY, state)) {
            harness.event(prompt("a", 1));
            harness.endEvents();
            assertThat(ran(harness).get("events-0-1")).isEqualTo("own - digest of own");
        }
        assertThat(models.opened().stream().filter(each -> each.spec().path().endsWith("own-2")))
                .isEmpty();
    }

    @Test
    void swap_toAModelThatCannotRunOneToken_failsAndReleasesIt() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job(Map.of()))) {
            harness.control(put("sick", "sick", "1", 10));
            harness.runUntil(() -> !harness.deadLetters().isEmpty());
            assertThat(harness.deadLetters().get(0).getCode()).isEqualTo("INFERENCE_FAILED");
            assertThat(models.open()).containsExactly(OWN);
        }
    }

    @Test
    void removal_ofAModel_endsItWithItsLastEvent_ofTheJobsOwnBringsThatBack() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job(Map.of()))) {
            harness.control(put("other", "other", "1", 10));
            harness.control(put(OWN, "own-2", "2", 11));
            harness.event(on("other", 0));
            harness.runUntil(() -> descriptors(harness).size() == 3);
            harness.control(remove("other", 12));
            harness.control(remove(OWN, 13));
            harness.event(on("other", 1));
            harness.runUntil(() -> models.open().equals(List.of("other", OWN)));
            harness.event(prompt("a", 2));
            harness.endEvents();
            harness.runUntil(() -> models.open().equals(List.of(OWN)));

            assertThat(ran(harness))
                    .isEqualTo(
                            Map.of(
                                    "events-0-0", "other 1 digest of other",
                                    "events-0-2", "own - digest of own"));
            assertThat(harness.deadLetters())
                    .extracting(DeadLetter::getCode, DeadLetter::getReason)
                    .containsExactly(
                            tuple("UNKNOWN_MODEL", "no model 'other', this job runs 'own'"));
            List<Envelope> said = harness.envelopes(Destination.Models.class);
            assertThat(said)
                    .filteredOn(each -> each.value().length == 0)
                    .extracting(Envelope::key)
                    .containsExactly("other");
        }
    }

    @Test
    void waitingEvents_afterARestart_runOnTheVersionTheyArrivedWith() throws Exception {
        OperatorSubtaskState state;
        try (InvocationHarness harness = InvocationHarness.open(job(Map.of()))) {
            harness.event(prompt("a", 0));
            harness.control(put(OWN, "own-2", "2", 10));
            harness.runUntil(() -> descriptors(harness).size() == 2);
            harness.event(prompt("a", 1));
            harness.control(put(OWN, "own-3", "3", 11));
            harness.runUntil(() -> descriptors(harness).size() == 3);
            harness.event(prompt("a", 2));
            assertThat(harness.ended()).isZero();
            state = harness.snapshot(1, 1);
        }
        try (InvocationHarness harness =
                InvocationHarness.restore(job(Map.of()), Subtask.ONLY, state)) {
            harness.event(prompt("a", 3));
            harness.endEvents();
            assertThat(ran(harness))
                    .isEqualTo(
                            Map.of(
                                    "events-0-0", "own - digest of own",
                                    "events-0-1", "own 2 digest of own-2",
                                    "events-0-2", "own 3 digest of own-3",
                                    "events-0-3", "own 3 digest of own-3"));
            harness.runUntil(() -> models.open().equals(List.of("own-3")));
        }
    }

    @Test
    void waitingEvents_whoseVersionIsGoneAfterARestart_areDeadLettersThatNameIt() throws Exception {
        OperatorSubtaskState state;
        try (InvocationHarness harness = InvocationHarness.open(job(Map.of()))) {
            harness.control(put("other", "other-2", "2", 10));
            harness.runUntil(() -> descriptors(harness).size() == 2);
            harness.event(on("other", 0));
            state = harness.snapshot(1, 1);
        }
        models.breaks("other-2", "no disk");
        try (InvocationHarness harness =
                InvocationHarness.restore(job(Map.of()), Subtask.ONLY, state)) {
            harness.event(on("other", 1));
            harness.event(prompt("a", 2));
            harness.endEvents();
            assertThat(harness.deadLetters())
                    .extracting(DeadLetter::getCode, DeadLetter::getReason)
                    .containsOnly(
                            tuple(
                                    "UNKNOWN_MODEL",
                                    "model 'other' version '2' of control event 10 can't be loaded: no disk"))
                    .hasSize(2);
            assertThat(ran(harness)).containsOnlyKeys("events-0-2");
            state = harness.snapshot(2, 2);
        }
        models.mends("other-2");
        try (InvocationHarness harness =
                InvocationHarness.restore(job(Map.of()), Subtask.ONLY, state)) {
            harness.event(on("other", 3));
            harness.endEvents();
            assertThat(ran(harness).get("events-0-3")).isEqualTo("other 2 digest of other-2");
        }
    }

    @Test
    void modelsOfTheControlTopic_atAStart_areThereBeforeTheFirstEvent() throws Exception {
        JobStart start =
                new JobStart(
                        List.of(put(OWN, "own-2", "2", 1), put("other", "other", "1", 2)),
                        FramingSource.SINGLE_OBJECT);
        Job job = new Job(models.source(), start, options(Map.of()));
        try (InvocationHarness harness = InvocationHarness.open(job)) {
            harness.event(prompt("a", 0));
            harness.event(on("other", 1));
            harness.endEvents();
            assertThat(ran(harness))
                    .isEqualTo(
                            Map.of(
                                    "events-0-0", "own 2 digest of own-2",
                                    "events-0-1", "other 1 digest of other"));
        }
    }

    @Test
    void model_effectiveFromATime_takesEventsFromThenOn_theOldEndsBehindTheWatermark()
            throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job(Map.of()))) {
            harness.control(
                    controlEvent(
                            """
                            {"put": "model", "name": "own", "effective": 5000,
                             "body": {"path": "own-2", "version": "2"}}""",
                            10));
            harness.runUntil(() -> descriptors(harness).size() == 2);
            harness.event(at(4_999, 0));
            harness.event(at(5_000, 1));
            harness.endEvents();
            assertThat(ran(harness))
                    .isEqualTo(
                            Map.of(
                                    "events-0-0", "own - digest of own",
                                    "events-0-1", "own 2 digest of own-2"));
            harness.watermark(4_999);
            assertThat(models.open()).containsExactly(OWN, "own-2");
            harness.watermark(5_000);
            harness.runUntil(() -> models.open().equals(List.of("own-2")));
        }
    }

    @Test
    void putModel_thatThisJobCannotDo_isOneDeadLetterAndOpensNothing() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job(Map.of()))) {
            harness.control(
                    controlEvent(
                            """
                            {"put": "model", "name": "x", "body":
                             {"path": "../elsewhere", "weights": "int9", "device": "tpu",
                              "tokenizer": "/etc/tokenizer.json"}}""",
                            10));
            DeadLetter letter = harness.deadLetters().get(0);
            assertThat(letter.getProblems())
                    .extracting(
                            problem -> problem.getCode() + " " + problem.getPointer().orElse("-"))
                    .containsExactly(
                            "MALFORMED_EVENT /body/path",
                            "MALFORMED_EVENT /body/tokenizer",
                            "MALFORMED_EVENT /body/weights",
                            "MALFORMED_EVENT /body/device");
            assertThat(letter.getReason()).contains("'../elsewhere' lies outside of");
            assertThat(models.opened()).hasSize(1);
        }
    }

    @Test
    void putModel_withEverything_isOpenedAsItSays() throws Exception {
        String digest = "0f".repeat(32);
        try (InvocationHarness harness = InvocationHarness.open(job(Map.of()))) {
            harness.control(
                    controlEvent(
                            """
                            {"put": "model", "name": "x", "body":
                             {"path": "m", "version": "v", "digest": "%s", "tokenizer": "m/t.json",
                              "weights": "int8", "threads": 3, "device": "cuda:1"}}"""
                                    .formatted(digest),
                            10));
            harness.runUntil(() -> descriptors(harness).size() == 2);
            assertThat(models.last("m").spec().toString())
                    .contains("/root/m,")
                    .contains("m/t.json")
                    .contains("INT8", "threads=3", "cuda:1", digest);
        }
    }

    @Test
    void versions_beyondThoseKept_areRefused() throws Exception {
        CountDownLatch gate = models.gate("x");
        try (InvocationHarness harness = InvocationHarness.open(job(Map.of()))) {
            for (int i = 0; i <= JobModels.MAX_VERSIONS; i++) {
                harness.control(put("x", "x", String.valueOf(i), 10 + i));
            }
            assertThat(harness.deadLetters())
                    .extracting(DeadLetter::getCode)
                    .containsExactly("UNSUPPORTED_PROGRAM");
            gate.countDown();
            harness.runUntil(() -> descriptors(harness).contains("x 3"));
            harness.runUntil(() -> models.open().equals(List.of(OWN, "x")));
        }
    }

    @Test
    void policiesInForce_applyToANewModelToo() throws Exception {
        try (InvocationHarness harness = InvocationHarness.open(job(Map.of()))) {
            harness.control(vector("calm", 1));
            harness.control(policy("p", "calm", 2));
            harness.control(put("other", "other", "1", 3));
            harness.event(
                    json(
                            "{\"model\": \"other\", \"headers\": {\"steer\": \"p\"}, \"invocations\": [{\"prompt\": \"a\"}]}",
                            0));
            harness.endEvents();
            assertThat(harness.results().get(0).getPolicyVersions()).isEqualTo(Map.of("p", 2L));
        }
    }

    @Test
    void subtask_thatEnds_leavesItsModelsWarm() throws Exception {
        Map<String, String> options = Map.of("hookline.model.keep-warm", "7 s");
        try (InvocationHarness harness = InvocationHarness.open(job(options))) {
            harness.control(put(OWN, "own-2", "2", 1));
            harness.runUntil(() -> models.open().equals(List.of("own-2")));
        }
        assertThat(models.last(OWN).left()).isEmpty();
        assertThat(models.last("own-2").left()).containsExactly(Duration.ofSeconds(7));
    }

    @Test
    void subtask_thatEndsWhileAModelIsOpened_doesNotKeepIt() throws Exception {
        CountDownLatch gate = models.gate("other");
        try (InvocationHarness harness = InvocationHarness.open(job(Map.of()))) {
            harness.control(put("other", "other", "1", 1));
            models.gateReached("other").await();
        }
        gate.countDown();
        assertThat(models.open()).isEmpty();
    }

    private Job job(Map<String, String> options) {
        return new Job(models.source(), options(options));
    }

    private static Map<String, String> options(Map<String, String> more) {
        Map<String, String> options = new HashMap<>(more);
        options.put("hookline.model.path", "root/own");
        return options;
    }

    private static SourceEvent put(String name, String folder, String version, long offset) {
        return controlEvent(
                "{\"put\": \"model\", \"name\": \"%s\", \"body\": {\"path\": \"%s\", \"version\": \"%s\"}}"
                        .formatted(name, folder, version),
                offset);
    }

    private static SourceEvent remove(String name, long offset) {
        return controlEvent("{\"remove\": \"model\", \"name\": \"%s\"}".formatted(name), offset);
    }

    private static SourceEvent on(String model, long offset) {
        return json(
                "{\"model\": \"%s\", \"invocations\": [{\"prompt\": \"a\"}]}".formatted(model),
                offset);
    }

    private static SourceEvent at(long time, long offset) {
        return json(
                "{\"time\": %d, \"invocations\": [{\"prompt\": \"a\"}]}".formatted(time), offset);
    }

    /** Name, version and digest of what each event ran on. */
    private static Map<String, String> ran(InvocationHarness harness) {
        Map<String, String> ran = new TreeMap<>();
        for (InvocationResult result : harness.results()) {
            ran.put(
                    result.getEventId(),
                    "%s %s %s"
                            .formatted(
                                    result.getModel(),
                                    result.getModelVersion().orElse("-"),
                                    result.getModelDigest()));
        }
        return ran;
    }

    /** What was said of models that are there, name and version. */
    private static List<String> descriptors(InvocationHarness harness) {
        return harness.envelopes(Destination.Models.class).stream()
                .filter(each -> each.value().length > 0)
                .map(each -> InvocationHarness.decode(each, ModelDescriptor.class))
                .map(each -> each.getName() + " " + each.getVersion().orElse(null))
                .toList();
    }
}
