/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.Tensors.assertSame;
import static io.hookline.trace.TestedModel.P;
import static io.hookline.trace.TestedModel.P2;
import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.plan.PlannedTrace;
import io.hookline.plan.SignalRequest;
import io.hookline.plan.Structure;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Problem;
import io.hookline.program.Program;
import io.hookline.program.ProgramDraft;
import io.hookline.program.ProgramException;
import io.hookline.program.SignalDefinition;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.PassCuts;
import io.hookline.runtime.PassEngine;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** How often the engine runs for a pass, and where it is cut. */
class CoursesTest {
    private static final TestedModel M = TestedModel.TICKETLM;
    private static final Watched RUNTIME = new Watched(TestedModel.open(M.path()));

    private static final List<PassEngine.PassRequest> REQUESTS = new ArrayList<>();

    /** A real runtime that notes how its engine is used. */
    private record Watched(ModelRuntime real, List<Integer> runs) implements ModelRuntime {
        Watched(ModelRuntime real) {
            this(real, new ArrayList<>());
        }

        @Override
        public PassEngine passes() {
            return new PassEngine() {
                @Override
                public PassResult run(PassRequest request) throws RuntimeInferenceException {
                    runs.add(0);
                    REQUESTS.add(request);
                    return real.passes().run(request);
                }

                @Override
                public PassResult run(PassRequest request, PassCuts cuts)
                        throws RuntimeInferenceException {
                    runs.add(cuts.sites().size());
                    return real.passes().run(request, cuts);
                }

                @Override
                public KvCache gather(List<KvRow> rows) throws RuntimeInferenceException {
                    return real.passes().gather(rows);
                }
            };
        }

        @Override
        public ModelInfo info() {
            return real.info();
        }

        @Override
        public PlannedTrace plan(Program program, InterventionFunctions functions)
                throws ProgramException {
            return real.plan(program, functions);
        }

        @Override
        public PlannedTrace plan(
                ProgramDraft draft, InterventionFunctions functions, List<SignalRequest> signals)
                throws ProgramException {
            return real.plan(draft, functions, signals);
        }

        @Override
        public List<Problem> problems(SignalDefinition signal) {
            return real.problems(signal);
        }

        @Override
        public List<TraceOutcome> run(List<PlannedTrace> batch) throws RuntimeInferenceException {
            return real.run(batch);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private static List<Integer> runs(Runnable trace) {
        RUNTIME.runs().clear();
        trace.run();
        return List.copyOf(RUNTIME.runs());
    }

    @AfterAll
    static void close() {
        RUNTIME.close();
    }

    @Test
    void readsCachesAndKnownChanges_runOnceAndUncut() {
        LanguageModel model = LanguageModel.of(RUNTIME);

        assertThat(
                        runs(
                                () ->
                                        model.trace(
                                                P,
                                                t -> {
                                                    t.cache();
                                                    t.module(M.block(1)).output(Tensor.scalar(0));
                                                    t.save("a", t.module(M.block(2)).output());
                                                    t.module(M.block(3))
                                                            .output()
                                                            .set(Selector.last(), 1);
                                                })))
                .containsExactly(0);
        assertThat(runs(() -> model.generate(4, tracer -> tracer.invoke(P, t -> t.cache()))))
                .hasSizeLessThanOrEqualTo(4)
                .containsOnly(0);
        assertThat(runs(() -> model.trace(P, t -> {}))).isEmpty();
    }

    @Test
    void blocks_thatRanBefore_runInOneGoCutWhereTheyWait() {
        LanguageModel model = LanguageModel.of(RUNTIME);
        List<Tensor> logits = new ArrayList<>();
        Block block =
                t -> {
                    for (int i = 1; i < 4; i++) {
                        Envoy at = t.module(M.block(i));
                        at.output(at.output().times(1.5));
                    }
                    t.save("logits", t.module(M.head).output());
                };
        Runnable trace = () -> logits.add(model.trace(P, block).saved("logits"));

        assertThat(runs(trace)).containsExactly(0, 0, 0, 0);
        assertThat(runs(trace)).containsExactly(3);
        assertThat(runs(trace)).containsExactly(3);
        assertSame(logits.get(1), logits.get(0));
        assertSame(logits.get(2), logits.get(0));
    }

    @Test
    void blocks_thatWaitElsewhere_areServedOnce() {
        LanguageModel model = LanguageModel.of(RUNTIME);
        List<String> log = new ArrayList<>();
        List<Tensor> logits = new ArrayList<>();
        boolean[] far = new boolean[1];
        Block block =
                t -> {
                    Envoy first = t.module(M.block(1));
                    first.output(first.output().plus(1));
                    log.add("one");
                    Envoy second = t.module(M.block(far[0] ? 4 : 2));
                    second.output(second.output().plus(1));
                    log.add("two");
                    t.save("logits", t.module(M.head).output());
                };
        for (boolean each : new boolean[] {false, true, false, true}) {
            far[0] = each;
            log.clear();
            logits.add(model.trace(P2, block).saved("logits"));
            assertThat(log).containsExactly("one", "two");
        }

        assertSame(logits.get(2), logits.get(0));
        assertSame(logits.get(3), logits.get(1));
        assertThat(logits.get(1).sameAs(logits.get(0))).isFalse();
    }

    @Test
    @Case({"67", "68", "71"})
    void runsThatStop_computeNothingBehind() {
        LanguageModel model = LanguageModel.of(RUNTIME);
        REQUESTS.clear();

        assertThat(runs(() -> model.trace(P, Mediator::stop))).isEmpty();
        assertThat(
                        runs(
                                () ->
                                        model.trace(
                                                P,
                                                t -> {
                                                    t.save("a", t.module(M.block(0)).output());
                                                    t.stop();
                                                })))
                .containsExactly(0);
        Structure stopped = REQUESTS.get(0).structure();
        assertThat(stopped.taps())
                .extracting(tap -> tap.site().point().module())
                .containsExactly(M.block(0));
        assertThat(stopped.logits()).isEqualTo(Structure.LogitsTap.NONE);
        assertThat(stopped.continues()).isFalse();
        assertThat(
                        runs(
                                () ->
                                        model.generate(
                                                IterationTest.endless(4),
                                                tracer ->
                                                        tracer.invoke(
                                                                P,
                                                                t -> {
                                                                    for (int ignored : t.iter(1)) {
                                                                        Tensor hidden =
                                                                                t.module(M.block(0))
                                                                                        .output();
                                                                        t.save("a", hidden);
                                                                        t.stop();
                                                                    }
                                                                }))))
                .as("the prompt, and of the next step what lies before the stop")
                .containsExactly(0, 0);
    }

    @Test
    void laterSteps_ofAGeneration_shareWhatIsRemembered() {
        LanguageModel model = LanguageModel.of(RUNTIME);
        List<Integer> runs =
                runs(
                        () ->
                                model.generate(
                                        IterationTest.endless(4),
                                        tracer ->
                                                tracer.invoke(
                                                        P,
                                                        t -> {
                                                            for (int unused : t.all()) {
                                                                Envoy at = t.module(M.block(1));
                                                                at.output(at.output().plus(1));
                                                            }
                                                        })));

        assertThat(runs).containsExactly(0, 0, 0, 0, 1, 1);
    }
}
