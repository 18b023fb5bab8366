/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.model.TestModels;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process with a small heap, touched from the start, so that what it grows by is memory outside
 * of the heap. Builds plans, runs them and lets runs fail, and prints its size before and after.
 */
final class NativeLoad {
    private static final int[] PROMPT = {3, 1, 4, 1, 5};

    private static final int BATCH = 64;
    private static final int LENGTH = 60;

    private NativeLoad() {}

    static Process start(Path folder) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-Xms256m",
                        "-Xmx256m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-XX:MaxDirectMemorySize=64m",
                        "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(NativeLoad.class.getName(), folder.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return builder.start();
    }

    /**
     * Runs the load.
     *
     * @param args a folder for the canonical graph
     */
    public static void main(String[] args) throws Exception {
        Path cache = Path.of(args[0]);
        Path model = TestModels.path("gpt2-12/model.onnx");
        try (PassFixture passes = PassFixture.open(model, cache)) {
            build(passes, 0, 100);
            long before = residentMegabytes();
            build(passes, 100, 1_100);
            System.out.println("builds " + before + " " + residentMegabytes());
        }
        try (ModelRuntime runtime = new OnnxModelLoader(cache).load(ModelSpec.cpu(model))) {
            run(runtime, 1_000);
            long before = residentMegabytes();
            run(runtime, 10_000);
            System.out.println("runs " + before + " " + residentMegabytes());
        }
        try (PassFixture passes = PassFixture.open(model, cache)) {
            fail(passes, 100);
            long before = residentMegabytes();
            fail(passes, 2_000);
            System.out.println("failures " + before + " " + residentMegabytes());
        }
        try (PassFixture passes = PassFixture.open(model, cache)) {
            large(passes, 0, 10);
            long before = residentMegabytes();
            large(passes, 10, 50);
            System.out.println("structures " + before + " " + residentMegabytes());
        }
    }

    /** Large batches, each of a structure of its own: its session works in memory of its own. */
    private static void large(PassFixture passes, int from, int to) throws Exception {
        int[][] rows = new int[BATCH][LENGTH];
        for (int i = from; i < to; i++) {
            var structure = passes.taps(List.of(passes.sites().get(i)), LogitsTap.NONE);
            PassFixture.Tokens tokens = PassFixture.Tokens.of(rows);
            passes.engine().run(passes.request(structure, tokens)).close();
        }
    }

    /** A new structure each time: each opens a session, and the oldest one closes. */
    private static void build(PassFixture passes, int from, int to) throws Exception {
        var sites = passes.sites();
        for (int i = from; i < to; i++) {
            var taps =
                    List.of(
                            sites.get(i % 40),
                            sites.get(40 + (i / 40) % 40),
                            sites.get(80 + i % 37));
            var structure = passes.taps(taps, LogitsTap.NONE);
            passes.engine().run(passes.request(structure, PassFixture.Tokens.of(PROMPT)));
        }
    }

    private static void run(ModelRuntime runtime, int runs) throws Exception {
        var plain =
                runtime.plan(
                        io.hookline.program.ProgramReader.read(
                                TestProgram.of(PROMPT)
                                        .with("generate", "{'max_new_tokens': 2}")
                                        .edit(
                                                "{'at': 'model.transformer.h.3.output', 'op': 'add', 'vector': 0.5}")
                                        .cache("{'modules': ['model.transformer.h.*']}")
                                        .json()));
        for (int i = 0; i < runs; i += 2) {
            runtime.run(List.of(plain));
        }
    }

    /** Passes with a cache, each of which ends in an error of ONNX Runtime. */
    private static void fail(PassFixture passes, int times) throws Exception {
        var structure = passes.continuing(List.of(passes.sites().get(3)));
        for (int i = 0; i < times; i++) {
            try {
                passes.engine()
                        .run(
                                passes.request(
                                        structure, PassFixture.Tokens.of(new int[] {1, 999_999})));
                throw new IllegalStateException("a token outside the vocabulary was accepted");
            } catch (io.hookline.runtime.RuntimeInferenceException e) {
                // As it should.
            }
        }
    }

    private static long residentMegabytes() throws IOException {
        System.gc();
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        throw new IllegalStateException("no VmRSS");
    }
}
