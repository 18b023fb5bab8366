/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.model.TestModels;
import io.hookline.plan.PlannedTrace;
import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.runtime.HostTensor;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.PassEngine.KvCache;
import io.hookline.runtime.PassEngine.KvRow;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.runtime.onnx.PassFixture.Tokens;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What would end the process in ONNX Runtime is an exception here, and nothing is left behind. */
final class NativeSafetyTest {
    private static final Pattern GROWTH =
            Pattern.compile(
                    "(?<phase>builds|runs|failures|structures) (?<before>\\d+) (?<after>\\d+)");
    private static final long ALLOWED_MEGABYTES = 120;

    /** Forty sessions and what they wrote last; with all that they worked in it is over 600. */
    private static final long ALLOWED_FOR_STRUCTURES = 400;

    @TempDir static Path folder;

    private static ModelRuntime runtime() throws Exception {
        return new OnnxModelLoader(folder)
                .load(ModelSpec.cpu(TestModels.path("gpt2-12/model.onnx")));
    }

    private static PassFixture passes() {
        return PassFixture.open(TestModels.path("gpt2-12/model.onnx"), folder);
    }

    private static PlannedTrace trace(ModelRuntime runtime, TestProgram program) throws Exception {
        return runtime.plan(io.hookline.program.ProgramReader.read(program.json()));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thousandBuildsAndTenThousandRuns_leaveMemoryFlat() throws Exception {
        Process process = NativeLoad.start(folder);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        Matcher growth = GROWTH.matcher(output);
        for (int phase = 0; phase < 4; phase++) {
            assertThat(growth.find()).as(output).isTrue();
            assertThat(Long.parseLong(growth.group("after")))
                    .as(output)
                    .isLessThan(
                            Long.parseLong(growth.group("before"))
                                    + (growth.group("phase").equals("structures")
                                            ? ALLOWED_FOR_STRUCTURES
                                            : ALLOWED_MEGABYTES));
        }
    }

    @Test
    void runs_ofSeveralThreadsAtOnce_areBitIdentical() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (ModelRuntime runtime = runtime()) {
            List<PlannedTrace> traces = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                traces.add(
                        trace(
                                runtime,
                                TestProgram.of(new int[] {i + 1, 20, 30, 40})
                                        .with(
                                                "generate",
                                                "{'max_new_tokens': 4, 'eos_token_ids': []}")
                                        .edit(
                                                "{'at': 'model.transformer.h.%d.output', 'op': 'scale', 'by': 1.5}"
                                                        .formatted(i))
                                        .cache("{'modules': ['model.transformer.h.*']}")));
            }
            List<RowOutcome> alone = new ArrayList<>();
            for (PlannedTrace trace : traces) {
                alone.add(row(runtime, trace));
            }
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Void>> running = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                int first = thread;
                running.add(
                        threads.submit(
                                () -> {
                                    start.await();
                                    for (int i = 0; i < 40; i++) {
                                        int which = (first + i) % 4;
                                        Bits.assertSame(
                                                row(runtime, traces.get(which)), alone.get(which));
                                    }
                                    return null;
                                }));
            }
            start.countDown();
            for (Future<Void> each : running) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static RowOutcome row(ModelRuntime runtime, PlannedTrace trace) throws Exception {
        return ((TraceOutcome.Completed) runtime.run(List.of(trace)).get(0)).rows().get(0);
    }

    @Test
    void close_whileRunsGoOn_waitsForThemAndRefusesLaterOnes() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        ModelRuntime runtime = runtime();
        PlannedTrace trace =
                trace(
                        runtime,
                        TestProgram.of(new int[] {1, 2, 3})
                                .with("generate", "{'max_new_tokens': 200, 'eos_token_ids': []}"));
        int steps = row(runtime, trace).generated().length;
        CountDownLatch started = new CountDownLatch(3);
        List<Future<Integer>> running = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            running.add(
                    threads.submit(
                            () -> {
                                started.countDown();
                                int complete = 0;
                                try {
                                    while (true) {
                                        assertThat(row(runtime, trace).generated()).hasSize(steps);
                                        complete++;
                                    }
                                } catch (IllegalStateException e) {
                                    assertThat(e).hasMessage("model 'gpt2-12' is closed");
                                    return complete;
                                }
                            }));
        }
        started.await();
        row(runtime, trace);
        runtime.close();
        runtime.close();
        for (Future<Integer> each : running) {
            assertThat(each.get()).isNotNegative();
        }
        threads.shutdown();
        assertThatThrownBy(() -> runtime.run(List.of(trace)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> trace(runtime, TestProgram.of(new int[] {1})))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void kvCache_afterClose_isRefusedBeforeOnnxRuntimeSeesIt() throws Exception {
        try (PassFixture passes = passes()) {
            Structure structure = passes.continuing(List.of());
            PassResult result =
                    passes.engine().run(passes.request(structure, Tokens.of(new int[] {1, 2, 3})));
            KvCache cache = result.cache().orElseThrow();
            passes.engine().gather(List.of(new KvRow(cache, 0, 0, 3))).close();
            assertThatThrownBy(() -> passes.engine().gather(List.of(new KvRow(cache, 7, 0, 3))))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            cache.close();
            cache.close();
            PassRequest next =
                    passes.request(structure, new Tokens(new int[][] {{4}}, 3, Optional.of(cache)));
            assertThatThrownBy(() -> passes.engine().run(next))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the KV cache is closed");
            assertThatThrownBy(() -> passes.engine().gather(List.of(new KvRow(cache, 0, 0, 3))))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void feed_thatIsMissing_isNamed() throws Exception {
        try (PassFixture passes = passes()) {
            PassRequest whole =
                    passes.request(
                            passes.taps(List.of(), LogitsTap.LAST), Tokens.of(new int[] {1, 2}));
            PassRequest without =
                    new PassRequest(
                            whole.structure(),
                            whole.feeds().stream()
                                    .filter(feed -> !feed.name().equals("attention_mask"))
                                    .toList(),
                            1,
                            Optional.empty());
            assertThatThrownBy(() -> passes.engine().run(without))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("nothing is fed to 'attention_mask'");
            assertThat(passes.engine().run(whole).logits()).isPresent();
        }
    }

    @Test
    void feed_ofOtherTypeOrShape_isAnErrorAndTheSessionLivesOn() throws Exception {
        try (PassFixture passes = passes()) {
            PassRequest whole =
                    passes.request(
                            passes.taps(List.of(), LogitsTap.LAST), Tokens.of(new int[] {1, 2}));
            List<HostTensor> wrong =
                    List.of(
                            HostTensor.ofBooleans("input_ids", new long[] {1, 2}, new boolean[2]),
                            HostTensor.ofLongs("input_ids", new long[] {2}, new long[2]),
                            HostTensor.ofLongs("input_ids", new long[] {1, 3}, new long[3]));
            for (HostTensor feed : wrong) {
                List<HostTensor> feeds = new ArrayList<>(whole.feeds());
                feeds.removeIf(each -> each.name().equals("input_ids"));
                feeds.add(feed);
                PassRequest request =
                        new PassRequest(whole.structure(), feeds, 1, Optional.empty());
                assertThatThrownBy(() -> passes.engine().run(request))
                        .isInstanceOf(RuntimeInferenceException.class);
            }
            assertThat(passes.engine().run(whole).logits()).isPresent();
        }
    }

    @Test
    void hostTensor_ofOtherSizeThanItsShape_isRefused() {
        assertThatThrownBy(() -> HostTensor.ofLongs("ids", new long[] {2, 3}, new long[5]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'ids' of shape [2, 3] has 40 bytes");
    }
}
