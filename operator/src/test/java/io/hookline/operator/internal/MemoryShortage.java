/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.model.TestModels;
import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.schema.DeadLetter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A process that runs events which need more memory than it may have. What limits it is the shell
 * that starts it.
 */
final class MemoryShortage {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String WORD = "7";
    private static final int LONGEST_PROMPT = 512;

    private MemoryShortage() {}

    /**
     * A shell that becomes the process.
     *
     * @param kilobytes of address space that it may have, or {@code unlimited}
     */
    static Process start(String kilobytes, String what) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "ulimit -v $0 && exec \"$@\"",
                                kilobytes,
                                java,
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:CompressedClassSpaceSize=64m",
                                "-XX:ReservedCodeCacheSize=64m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                MemoryShortage.class.getName(),
                                what)
                        .redirectErrorStream(true);
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return builder.start();
    }

    /**
     * Runs events and says how they ended.
     *
     * @param args {@code small} events alone, or {@code large} ones besides
     */
    public static void main(String[] args) throws Exception {
        Map<String, String> options =
                Map.of(
                        "hookline.model.path",
                        TestModels.path("ticketlm").toString(),
                        "hookline.batch.max-size",
                        "4");
        try (InvocationHarness harness =
                InvocationHarness.open(new Job(new SharedModels(), options))) {
            run(harness, 1, 4);
            if (args[0].equals("large")) {
                // Attention probabilities of one block: 4 heads x 512 x 512 floats for each row.
                run(harness, 200, 1);
                run(harness, 15, 4);
                run(harness, 1, 4);
            }
            for (DeadLetter letter : harness.deadLetters()) {
                System.out.println("dead letter: " + letter.getReason());
            }
            System.out.println("results: " + harness.results().size());
        }
        System.out.println("kilobytes: " + addressSpace());
    }

    /** So many events of so many invocations, as a batch. */
    private static void run(InvocationHarness harness, int invocations, int events)
            throws Exception {
        String tokens = String.join(",", Collections.nCopies(LONGEST_PROMPT, WORD));
        String all =
                String.join(
                        ",", Collections.nCopies(invocations, "{\"tokens\": [" + tokens + "]}"));
        int before = harness.ended();
        for (int i = 0; i < events; i++) {
            harness.event(
                    InvocationHarness.json(
                            "{\"invocations\": [%s], \"logits\": \"none\", \"cache\": [{\"modules\": [\"model.model.layers.0.self_attn\"], \"tokens\": \"last\"}]}"
                                    .formatted(all),
                            before + i));
        }
        while (harness.ended() < before + events) {
            // A full batch goes by itself; one event waits for others until time has passed.
            if (!harness.runsOne() && events == 1) {
                harness.setProcessingTime(harness.getProcessingTime() + 20);
            }
            Thread.onSpinWait();
        }
    }

    private static long addressSpace() throws IOException {
        List<String> lines = Files.readAllLines(STATUS);
        return lines.stream()
                .filter(line -> line.startsWith("VmPeak:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
