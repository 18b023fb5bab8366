/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.examples.cli.CommandRun;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hookline bench held}: what held records cost, those that a rule keeps and others. */
@Command(
        name = "held",
        sortOptions = false,
        description =
                "Sends held activation records through the steps of alerting, where no rule wants them and where one keeps them around alerts.")
final class HeldCommand implements Callable<Integer> {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final List<Integer> SIZES = List.of(16 << 10, 64 << 10);
    private static final int ROUND_BYTES = 256 << 20;
    private static final int QUICK_BYTES = 2 << 20;
    private static final Effort ENOUGH =
            new Effort(new Effort.Span(3, 8, 10), new Effort.Span(7, 31, 25), 0, 0);

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", paramLabel = "FILE", description = "write the rows as JSON, too")
    private @Nullable Path json;

    @Option(
            names = "--quick",
            description = "few rounds: shows that everything runs, says little about its cost")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        out.println("processor time and time by the clock for each held record, in µs");
        ObjectNode document = JSON.createObjectNode().put("suite", "held");
        ArrayNode rows = document.putArray("rows");
        for (int bytes : SIZES) {
            measure(bytes, rows, out);
        }
        if (json != null) {
            Files.writeString(json, JSON.writeValueAsString(document) + "\n");
        }
        return CommandRun.OK;
    }

    private void measure(int bytes, ArrayNode rows, PrintWriter out) throws Exception {
        int records = (quick ? QUICK_BYTES : ROUND_BYTES) / bytes;
        String size = "-" + bytes;
        try (Lane none = HeldLane.open("none" + size, new HeldLane.Setting(0, bytes, false));
                Lane dropped =
                        HeldLane.open(
                                "dropped" + size, new HeldLane.Setting(records, bytes, false));
                Lane kept =
                        HeldLane.open("kept" + size, new HeldLane.Setting(records, bytes, true))) {
            Rounds rounds =
                    Rounds.measure(
                            List.of(
                                    new Variant("none", () -> none.run(1)),
                                    new Variant("dropped", () -> dropped.run(1)),
                                    new Variant("kept", () -> kept.run(1))),
                            Stopwatch.ofProcess(),
                            quick ? Effort.QUICK : ENOUGH);
            for (String variant : List.of("dropped", "kept")) {
                row(rounds, variant, records, rows.addObject().put("bytes", bytes), out);
            }
            out.flush();
        }
    }

    /** What a round took beyond one without records, shared out. */
    private static void row(
            Rounds rounds, String variant, int records, ObjectNode row, PrintWriter out) {
        double cpu = rounds.milliseconds(variant) - rounds.milliseconds("none");
        double wall = rounds.wallMilliseconds(variant) - rounds.wallMilliseconds("none");
        double each = 1000.0 / records;
        row.put("name", variant).put("cpuMicros", cpu * each).put("wallMicros", wall * each);
        out.printf(
                Locale.ROOT,
                "%-8s %,7d bytes %8.1f %8.1f%n",
                variant,
                row.path("bytes").asInt(),
                cpu * each,
                wall * each);
    }
}
