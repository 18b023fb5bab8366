/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.model.Site;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.Invocation;
import io.hookline.program.LogitsRequest;
import io.hookline.program.Program;
import io.hookline.program.Prompt;
import io.hookline.program.TokenSelector;
import io.hookline.runtime.CaptureMemory;
import io.hookline.schema.ElementType;
import io.hookline.trace.Envoy;
import io.hookline.trace.LanguageModel;
import io.hookline.trace.Mediator;
import io.hookline.trace.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The pieces of work, each as an event brings it: a program that is planned and run every time.
 * Beside them the same passes in plain ONNX Runtime, and passes in which Java code waits.
 */
final class NnsightWork {
    /** One prompt in plain ONNX Runtime. */
    static final String BARE = "bare-encode";

    /** What the names of passes with Java code begin with. */
    static final String HOST = "host-";

    /** At how many hook points code waits. */
    static final List<Integer> HOSTS = List.of(0, 1, 12);

    private static final String BARE_GENERATE = "bare-generate";
    private static final int STEPS = 16;
    private static final int BATCH = 8;

    private final Subject subject;
    private final BareLoop bare;
    private final BareGeneration text;

    NnsightWork(Subject subject, BareLoop bare, BareGeneration text) {
        this.subject = subject;
        this.bare = bare;
        this.text = text;
    }

    /**
     * Work that is one event or several.
     *
     * @param events how many events it is
     */
    record Piece(String name, int events, Work work) {
        /**
         * As a variant that runs for some time, so that its own caches are warm. How often that is
         * shows when it has run for that long already.
         */
        Variant repeated(int milliseconds, Stopwatch stopwatch) throws Exception {
            long end = System.nanoTime() + milliseconds * 1_000_000L;
            do {
                work.run();
            } while (System.nanoTime() < end);
            double once = stopwatch.time(work).wall() / 1e6;
            int times = (int) Math.max(1, Math.min(1000, milliseconds / Math.max(once, 1e-3)));
            return new Variant(
                    name,
                    () -> {
                        for (int i = 0; i < times; i++) {
                            work.run();
                        }
                    },
                    times * events);
        }
    }

    /** What a piece of work is compared with besides nnsight, empty for nothing. */
    static String bareOf(String work) {
        return switch (work) {
            case "encode" -> BARE;
            case "generate" -> BARE_GENERATE;
            default -> "";
        };
    }

    /** Throughput over plain ONNX Runtime with Java code at so many hook points. */
    static Goal goal(int hosts) {
        return Goal.atLeast(hosts == 0 ? 0.9 : hosts == 1 ? 0.7 : 0.5);
    }

    List<Piece> pieces() {
        ProgramKit last = ProgramKit.plain(LogitsRequest.LAST);
        ProgramKit blocks =
                last.recording(
                        ProgramKit.outputs(subject.blocks().outputs(), new TokenSelector.All()));
        ProgramKit steered =
                ProgramKit.plain(LogitsRequest.ALL)
                        .changing(ProgramKit.steering(subject.blocks().outputs(), new Random(5)));
        List<Piece> pieces = new ArrayList<>();
        pieces.add(new Piece(BARE, 1, bare::run));
        pieces.add(new Piece(BARE_GENERATE, 1, () -> text.run(STEPS)));
        pieces.add(piece("encode", blocks));
        pieces.add(piece("encode-all", last.recording(ProgramKit.everything(ElementType.FLOAT32))));
        pieces.add(piece("steer", steered));
        pieces.add(piece("generate", blocks.generating(STEPS)));
        pieces.add(batch(blocks));
        HOSTS.forEach(count -> pieces.add(new Piece(HOST + count, 1, hosted(count))));
        return pieces;
    }

    private Piece piece(String name, ProgramKit kit) {
        Program program = kit.of(subject.prompts().prompt(0));
        return new Piece(name, 1, () -> run(program));
    }

    /** What is recorded is read where the pass left it, as in nnsight, and as the operator does. */
    private void run(Program program) throws Exception {
        PlannedTrace trace = subject.runtime().plan(program);
        try (CaptureMemory memory = new CaptureMemory()) {
            subject.run(List.of(trace), memory);
        }
    }

    /** One program of several invocations of the same prompt. */
    private Piece batch(ProgramKit kit) {
        Prompt prompt = subject.prompts().prompt(0);
        Program one = kit.of(prompt);
        Invocation invocation = one.invocations().get(0);
        Program program =
                new Program(
                        one.about(),
                        one.policies(),
                        Collections.nCopies(BATCH, invocation),
                        one.interventions(),
                        one.cache(),
                        one.generate(),
                        one.logits(),
                        one.stop());
        return new Piece("batch8", BATCH, () -> run(program));
    }

    /** A traced pass that reads the logits, and code that adds a vector at some hook points. */
    private Work hosted(int count) {
        LanguageModel model = LanguageModel.of(subject.runtime());
        List<String> paths =
                (count == 0 ? List.<Site>of() : subject.blocks().spread(count))
                        .stream().map(site -> site.point().module()).toList();
        int[] tokens = subject.prompts().rows()[0];
        return () -> model.trace(tokens, t -> visit(t, paths));
    }

    private static void visit(Mediator t, List<String> paths) {
        for (String path : paths) {
            Envoy module = t.module(path);
            module.output(module.output().plus(0.01));
        }
        Tensor logits = t.root().output();
        t.save("logits", logits);
    }
}
