/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.model.Site;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.Intervention;
import io.hookline.program.Program;
import io.hookline.program.TokenSelector;
import io.hookline.runtime.ModelPlanner;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** What it costs to make something, each time anew, measured against what it may cost. */
final class BuildRows {
    private static final double BUILD_MILLISECONDS = 250;
    private static final double PLAN_MEGABYTES = 2.5;
    private static final int PROMPT = 16;

    private final Subject subject;
    private final Stopwatch stopwatch;
    private final int builds;
    private final Random random = new Random(7);
    private final Set<Set<Site>> seen = new HashSet<>();

    BuildRows(Subject subject, Stopwatch stopwatch, int builds) {
        this.subject = subject;
        this.stopwatch = stopwatch;
        this.builds = builds;
    }

    /** A program whose structure is new, planned and run for the first time. */
    Row planBuild() throws Exception {
        List<Reading> readings = new ArrayList<>();
        for (int build = 0; build < builds; build++) {
            Program program = next();
            readings.add(stopwatch.time(() -> serve(program)));
        }
        return row("plan-build", readings);
    }

    /** A model described for the first time, ready to check programs against. */
    Row scan(OnnxModelLoader loader, ModelSpec spec) throws Exception {
        List<Reading> readings = new ArrayList<>();
        for (int build = 0; build < builds; build++) {
            readings.add(
                    stopwatch.time(
                            () -> {
                                try (ModelPlanner scanned = loader.scan(spec)) {
                                    scanned.plan(next());
                                }
                            }));
        }
        return row("scan", readings);
    }

    /** Memory that plans beyond the first ones take. */
    List<Row> planMemory() throws Exception {
        if (!ProcessMemory.isKnown()) {
            return List.of();
        }
        serve(next());
        double before = ProcessMemory.megabytes();
        for (int build = 0; build < builds; build++) {
            serve(next());
        }
        double each = Math.max(0, ProcessMemory.megabytes() - before) / builds;
        double ratio = each / PLAN_MEGABYTES;
        return List.of(new Row("plan-memory", ratio, ratio, Goal.atMost(1), Map.of("MB", each)));
    }

    private static Row row(String name, List<Reading> readings) {
        double wall = Rounds.median(readings.stream().mapToDouble(Reading::wall).toArray()) / 1e6;
        double cpu = Rounds.median(readings.stream().mapToDouble(Reading::cpu).toArray()) / 1e6;
        return new Row(
                name,
                wall / BUILD_MILLISECONDS,
                cpu / BUILD_MILLISECONDS,
                Goal.atMost(1),
                Map.of("ms", wall, "cpu-ms", cpu));
    }

    private void serve(Program program) throws Exception {
        PlannedTrace trace = subject.runtime().plan(program);
        subject.run(List.of(trace));
    }

    /** A program whose edits no other one has had in these places. */
    private Program next() {
        List<Site> all = subject.blocks().spread(Integer.MAX_VALUE);
        Set<Site> chosen = new HashSet<>();
        do {
            chosen.clear();
            for (Site site : all) {
                if (random.nextBoolean()) {
                    chosen.add(site);
                }
            }
        } while (chosen.isEmpty() || !seen.add(Set.copyOf(chosen)));
        List<Intervention> edits = new ArrayList<>();
        for (Site site : chosen) {
            edits.add(
                    ProgramKit.edit(
                            site,
                            ProgramKit.operation(random.nextInt(8), site, random),
                            new TokenSelector.Last()));
        }
        return subject.idle().changing(edits).of(subject.prompts().single(PROMPT).prompt(0));
    }
}
