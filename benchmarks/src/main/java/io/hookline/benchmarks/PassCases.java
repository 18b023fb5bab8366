/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.model.HookPoint;
import io.hookline.model.Site;
import io.hookline.plan.PlannedTrace;
import io.hookline.plan.SignalRequest;
import io.hookline.program.CachePolicy;
import io.hookline.program.Intervention;
import io.hookline.program.Io;
import io.hookline.program.LogitsRequest;
import io.hookline.program.Measure;
import io.hookline.program.Program;
import io.hookline.program.ProgramException;
import io.hookline.program.SignalDefinition;
import io.hookline.program.StepSelector;
import io.hookline.program.TensorValue.Literal;
import io.hookline.program.TokenSelector;
import io.hookline.schema.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The forward passes that are compared: every row of the suite that one batch makes. */
final class PassCases {
    /** The plain loop that most are compared with. */
    static final String BARE = "bare";

    private static final String IDLE = "idle";
    private static final String HEAD = "whole-head";
    private static final int[] COUNTS = {1, 6, 12};

    private final Subject subject;
    private final ProgramKit idle;

    private PassCases(Subject subject) {
        this.subject = subject;
        this.idle = subject.idle();
    }

    /** The cases on a model. */
    static List<Case> of(Subject subject, BareLoop bare) throws ProgramException {
        PassCases cases = new PassCases(subject);
        List<Case> all = new ArrayList<>();
        all.add(Case.reference(BARE, bare::run));
        all.addAll(cases.idle());
        all.addAll(cases.taps());
        all.add(cases.signals());
        all.addAll(cases.edits());
        all.addAll(SegmentCases.of(subject));
        all.addAll(cases.stops());
        all.addAll(cases.lastLogits());
        return all;
    }

    private List<Case> idle() throws ProgramException {
        List<Program> programs = subject.programs(row -> idle);
        Work planning =
                () -> {
                    List<PlannedTrace> batch = new ArrayList<>();
                    for (Program program : programs) {
                        batch.add(subject.runtime().plan(program));
                    }
                    subject.run(batch);
                };
        return List.of(
                Case.throughput(IDLE, subject.work(row -> idle), BARE, 0.97),
                Case.throughput("idle-planned", planning, BARE, 0.97));
    }

    private List<Case> taps() throws ProgramException {
        List<Case> cases = new ArrayList<>();
        for (int count : COUNTS) {
            cases.add(
                    Case.throughput(
                            "tap-" + count, tapping(count, new TokenSelector.Last()), BARE, 0.95));
        }
        cases.add(
                Case.throughput(
                        "tap-12-all-tokens", tapping(12, new TokenSelector.All()), BARE, 0.95));
        cases.add(
                Case.throughput("tap-all-fp32", subject.encoding(ElementType.FLOAT32), BARE, 0.8));
        cases.add(
                Case.throughput("tap-all-fp16", subject.encoding(ElementType.FLOAT16), BARE, 0.8));
        return cases;
    }

    private Work tapping(int count, TokenSelector tokens) throws ProgramException {
        List<Site> sites = subject.blocks().spread(count);
        ProgramKit kit = idle.recording(ProgramKit.outputs(sites, tokens));
        return subject.work(row -> kit);
    }

    /** Norm and a probe of its own at 12 hook points, last token. */
    private Case signals() throws ProgramException {
        Random random = new Random(15);
        List<SignalRequest> requests = new ArrayList<>();
        for (Site site : subject.blocks().spread(12)) {
            requests.add(request("norm", new Measure.Norm(), site));
            float[] weights = new float[site.width()];
            for (int unit = 0; unit < weights.length; unit++) {
                weights[unit] = (float) random.nextGaussian();
            }
            Literal vector = new Literal(ElementType.FLOAT32, new int[] {weights.length}, weights);
            Measure probe = new Measure.Probe(vector, 0, Measure.Activation.LOGISTIC);
            requests.add(request("probe-" + site.order(), probe, site));
        }
        return Case.throughput("signals-12", subject.measuring(idle, requests), BARE, 0.95);
    }

    private static SignalRequest request(String name, Measure measure, Site site) {
        SignalDefinition.Selection last =
                new SignalDefinition.Selection(
                        new StepSelector.At(0),
                        new TokenSelector.Last(),
                        SignalDefinition.Pool.NONE,
                        CachePolicy.Stage.POST);
        return new SignalRequest(
                new SignalDefinition(
                        name,
                        measure,
                        new SignalDefinition.HookPoints(site.point().toString()),
                        last),
                Optional.empty());
    }

    private List<Case> edits() throws ProgramException {
        List<Case> cases = new ArrayList<>();
        for (int count : COUNTS) {
            Random random = new Random(count);
            List<Site> sites = subject.blocks().spread(count);
            cases.add(
                    Case.throughput(
                            "edit-" + count,
                            subject.work(row -> idle.changing(ProgramKit.steering(sites, random))),
                            BARE,
                            0.95));
        }
        Random random = new Random(16);
        cases.add(
                Case.throughput(
                        "mixed-16",
                        subject.work(row -> idle.changing(List.of(mixed(row, random)))),
                        BARE,
                        0.95));
        return cases;
    }

    /** A kind, a hook point and tokens of its own for each row. */
    private Intervention mixed(int row, Random random) {
        List<Site> sites = subject.blocks().spread(12);
        Site site = sites.get(row % sites.size());
        TokenSelector tokens =
                row % 3 == 0
                        ? new TokenSelector.All()
                        : row % 3 == 1
                                ? new TokenSelector.Last()
                                : new TokenSelector.Listed(List.of(0, 1, -1));
        return ProgramKit.edit(site, ProgramKit.operation(row, site, random), tokens);
    }

    private List<Case> stops() throws ProgramException {
        List<Case> cases = new ArrayList<>();
        for (int layer = 1; layer <= subject.blocks().count(); layer++) {
            Site site = subject.blocks().outputs().get(layer - 1);
            ProgramKit kit =
                    ProgramKit.plain(LogitsRequest.NONE)
                            .recording(ProgramKit.outputs(List.of(site), new TokenSelector.Last()))
                            .stoppingAt(site);
            double share = (double) layer / subject.blocks().count();
            cases.add(Case.time("stop-" + layer, subject.work(row -> kit), IDLE, share + 0.05));
        }
        return cases;
    }

    /** The head over the last positions alone, and over all since its output is recorded. */
    private List<Case> lastLogits() throws ProgramException {
        Optional<Site> head = head();
        if (head.isEmpty()) {
            return List.of();
        }
        ProgramKit whole =
                idle.recording(ProgramKit.outputs(List.of(head.get()), new TokenSelector.Last()));
        return List.of(
                Case.reference(HEAD, subject.work(row -> whole)),
                Case.throughput("last-logits", subject.work(row -> idle), HEAD, 1));
    }

    /** The module whose output is the logits. */
    private Optional<Site> head() {
        return subject.runtime().info().signature().logits().stream()
                .flatMap(
                        logits ->
                                subject.runtime().info().tree().modules().stream()
                                        .filter(module -> module.path().contains("."))
                                        .flatMap(module -> module.sites().stream())
                                        .filter(site -> site.tensor().equals(logits))
                                        .filter(site -> isOutput(site.point())))
                .findFirst();
    }

    private static boolean isOutput(HookPoint point) {
        return point.io() == Io.OUTPUT;
    }
}
