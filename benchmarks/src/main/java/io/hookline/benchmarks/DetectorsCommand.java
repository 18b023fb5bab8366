/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.alert.Baseline;
import io.hookline.alert.Bound;
import io.hookline.alert.Cusum;
import io.hookline.alert.Direction;
import io.hookline.alert.Ewma;
import io.hookline.alert.KOfN;
import io.hookline.alert.PageHinkley;
import io.hookline.alert.Rate;
import io.hookline.alert.Threshold;
import io.hookline.alert.ZScore;
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

/** {@code ./hookline bench detectors}: how soon detectors see a drift, and how often they err. */
@Command(
        name = "detectors",
        sortOptions = false,
        description =
                "Shows each detector synthetic signals: calm ones for its false alarms, disturbed ones for its delay.")
final class DetectorsCommand implements Callable<Integer> {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final Baseline LEARNT = new Baseline.Learnt(200);
    private static final List<DetectorTrial> DETECTORS =
            List.of(
                    new DetectorTrial("threshold above 4", new Threshold(Bound.above(4))),
                    new DetectorTrial(
                            "ewma alpha 0.1, limit 3.9",
                            new Ewma(0.1, new Ewma.Limit.Control(3.9, LEARNT, Direction.UP))),
                    new DetectorTrial("zscore limit 4", new ZScore(4, 200, 1000, Direction.UP)),
                    new DetectorTrial("cusum k 0.5, h 9", new Cusum(0.5, 9, LEARNT, Direction.UP)),
                    new DetectorTrial(
                            "page_hinkley delta 0.3, lambda 13",
                            new PageHinkley(0.3, 13, 30, Direction.UP)),
                    new DetectorTrial(
                            "rate 4 above 2 in 12 s", new Rate(Bound.above(2), 4, 12_000)),
                    new DetectorTrial("k_of_n 4 of 12 above 2", new KOfN(Bound.above(2), 4, 12)));
    private static final List<Drift> DRIFTS =
            List.of(
                    Drift.shift(0.5),
                    Drift.shift(1),
                    Drift.shift(2),
                    Drift.shift(4),
                    Drift.ramp(0.01),
                    Drift.spike(8));

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", paramLabel = "FILE", description = "write the rows as JSON, too")
    private @Nullable Path json;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description = "of the synthetic signals; default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(
            names = "--quick",
            description = "few trials: shows that everything runs, says little about detectors")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
        int trials = quick ? 20 : 1000;
        int calm = quick ? 10_000 : 2_000_000;
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "detectors on values of mean 0 and deviation 1, one a second, %,d trials of each drift%n",
                trials);
        out.println(heading());
        ObjectNode document = JSON.createObjectNode().put("suite", "detectors").put("seed", seed);
        ArrayNode rows = document.putArray("rows");
        for (DetectorTrial trial : DETECTORS) {
            out.println(row(trial, trials, calm, rows.addObject().put("name", trial.name())));
            out.flush();
        }
        out.println("delay: values until it raised, median / slowest twentieth (share missed)");
        out.flush();
        if (json != null) {
            Files.writeString(json, JSON.writeValueAsString(document) + "\n");
        }
        return CommandRun.OK;
    }

    private static String heading() {
        StringBuilder line =
                new StringBuilder(String.format(Locale.ROOT, "%-34s %14s", "", "false / 10,000"));
        DRIFTS.forEach(drift -> line.append(String.format(Locale.ROOT, " %16s", drift.name())));
        return line.toString();
    }

    private String row(DetectorTrial trial, int trials, int calm, ObjectNode to) {
        double wrong = trial.falseAlarms(calm, seed);
        to.put("falseAlarmsPer10000", wrong);
        StringBuilder line =
                new StringBuilder(String.format(Locale.ROOT, "%-34s %14.2f", trial.name(), wrong));
        ObjectNode drifts = to.putObject("drifts");
        for (Drift drift : DRIFTS) {
            DetectorTrial.Delay delay = trial.delay(drift, trials, seed);
            drifts.putObject(drift.name())
                    .put("medianDelay", delay.median())
                    .put("slowestTwentieth", delay.slowest())
                    .put("missed", delay.missed());
            line.append(String.format(Locale.ROOT, " %16s", cell(delay)));
        }
        return line.toString();
    }

    private static String cell(DetectorTrial.Delay delay) {
        if (delay.missed() == 1) {
            return "never";
        }
        String times = String.format(Locale.ROOT, "%.0f / %.0f", delay.median(), delay.slowest());
        return delay.missed() == 0
                ? times
                : String.format(Locale.ROOT, "%s (%.1f %%)", times, 100 * delay.missed());
    }
}
