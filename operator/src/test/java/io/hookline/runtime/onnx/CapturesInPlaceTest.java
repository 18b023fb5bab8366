/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.plan.PlannedTrace;
import io.hookline.plan.Structure;
import io.hookline.program.ProgramReader;
import io.hookline.runtime.BatchRun;
import io.hookline.runtime.Capture;
import io.hookline.runtime.CaptureMemory;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.PassCuts;
import io.hookline.runtime.PassEngine;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Captures that lie where ONNX Runtime has written them. */
final class CapturesInPlaceTest {
    private static final TestEngine ENGINE = new TestEngine();
    private static final ModelRuntime MODEL = ENGINE.model(TestEngine.TICKETLM);
    private static final int[] SOME = {5, 17, 90};
    private static final int[] OTHER = {44, 8, 300};
    private static final int[] LONGER = {44, 8, 300, 21, 77};

    @AfterAll
    static void close() {
        ENGINE.close();
    }

    private static List<PlannedTrace> everything(int[]... prompts) throws Exception {
        List<PlannedTrace> batch = new ArrayList<>();
        for (int[] prompt : prompts) {
            TestProgram program = TestProgram.of(prompt).cache(TestProgram.EVERYTHING);
            batch.add(MODEL.plan(ProgramReader.read(program.json())));
        }
        return batch;
    }

    private static List<Capture> captures(List<TraceOutcome> outcomes) {
        List<Capture> captures = new ArrayList<>();
        for (TraceOutcome outcome : outcomes) {
            for (RowOutcome row : ((TraceOutcome.Completed) outcome).rows()) {
                captures.addAll(row.captures());
            }
        }
        return captures;
    }

    private static List<ByteBuffer> copies(List<TraceOutcome> outcomes) {
        return captures(outcomes).stream()
                .map(capture -> ByteBuffer.wrap(capture.bytes()))
                .toList();
    }

    private static List<ByteBuffer> copied(int[]... prompts) throws Exception {
        return copies(MODEL.run(everything(prompts)));
    }

    private static List<ByteBuffer> inPlace(List<PlannedTrace> batch) throws Exception {
        try (CaptureMemory memory = new CaptureMemory()) {
            return copies(MODEL.run(batch, memory));
        }
    }

    @Test
    void capturesInPlace_areWhatARunCopies() throws Exception {
        List<ByteBuffer> want = copied(SOME, OTHER, LONGER);
        for (int run = 0; run < 3; run++) {
            assertThat(inPlace(everything(SOME, OTHER, LONGER))).isEqualTo(want);
        }
    }

    @Test
    void capturesInPlace_lieOutsideTheHeap() throws Exception {
        copied(SOME);
        List<PlannedTrace> batch = everything(SOME);
        try (CaptureMemory memory = new CaptureMemory()) {
            assertThat(captures(MODEL.run(batch, memory)))
                    .anyMatch(capture -> capture.data().isDirect());
        }
        assertThat(captures(MODEL.run(batch))).noneMatch(capture -> capture.data().isDirect());
    }

    @Test
    void capturesInPlace_stayUntilTheirMemoryIsClosed() throws Exception {
        List<ByteBuffer> want = copied(SOME);
        List<PlannedTrace> others = everything(OTHER);
        try (CaptureMemory memory = new CaptureMemory();
                CaptureMemory more = new CaptureMemory()) {
            List<TraceOutcome> mine = MODEL.run(everything(SOME), memory);
            MODEL.run(others);
            MODEL.run(others, more);
            assertThat(copies(mine)).isEqualTo(want);
        }
    }

    @Test
    void capturesInPlace_ofGeneratedText_areThoseOfEveryStep() throws Exception {
        TestProgram program =
                TestProgram.of(SOME)
                        .cache(TestProgram.EVERYTHING)
                        .with("generate", "{'max_new_tokens': 3}");
        List<PlannedTrace> batch = List.of(MODEL.plan(ProgramReader.read(program.json())));
        assertThat(inPlace(batch)).isEqualTo(copies(MODEL.run(batch)));
    }

    @Test
    void close_givesTheMemoryOfEveryPassBack() throws Exception {
        Counting engine = new Counting(MODEL.passes());
        BatchRun runs = new BatchRun(engine, MODEL.info(), tokens -> "");
        CaptureMemory memory = new CaptureMemory();
        runs.run(everything(SOME, LONGER), memory);
        assertThat(engine.open).hasValue(2);
        memory.close();
        memory.close();
        assertThat(engine.open).hasValue(0);
        runs.run(everything(SOME, LONGER));
        assertThat(engine.open).hasValue(0);
    }

    /** Counts results that nobody has closed. */
    private static final class Counting implements PassEngine {
        private final PassEngine real;
        private final AtomicInteger open = new AtomicInteger();

        private Counting(PassEngine real) {
            this.real = real;
        }

        @Override
        public PassResult run(PassRequest request) throws RuntimeInferenceException {
            return counted(real.run(request));
        }

        @Override
        public PassResult run(PassRequest request, PassCuts cuts) throws RuntimeInferenceException {
            return counted(real.run(request, cuts));
        }

        private PassResult counted(PassResult result) {
            open.incrementAndGet();
            return result.in(
                    () -> {
                        result.close();
                        open.decrementAndGet();
                    });
        }

        @Override
        public boolean isReady(Structure structure) {
            return real.isReady(structure);
        }

        @Override
        public CompletableFuture<Void> prepare(Structure structure) {
            return real.prepare(structure);
        }

        @Override
        public KvCache gather(List<KvRow> rows) throws RuntimeInferenceException {
            return real.gather(rows);
        }
    }
}
