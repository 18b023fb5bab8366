/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.Tensors.assertClose;
import static io.hookline.trace.Tensors.assertDiffers;
import static io.hookline.trace.Tensors.assertSame;
import static io.hookline.trace.TestedModel.P;
import static io.hookline.trace.TestedModel.P2;
import static io.hookline.trace.TestedModel.Q;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.program.Generation;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Generations and loops over their steps. */
class IterationTest {
    private static List<Tensor> read(TestedModel m, int steps, int[] tokens, String module) {
        List<Tensor> values = new ArrayList<>();
        m.model()
                .generate(
                        steps,
                        tracer ->
                                tracer.invoke(
                                        tokens,
                                        t -> {
                                            for (int unused : t.all()) {
                                                values.add(t.module(module).output().save());
                                            }
                                        }));
        return values;
    }

    /** A generation that no token ends. */
    static Generation endless(int steps) {
        return new Generation(
                steps,
                Optional.of(List.of()),
                0,
                OptionalInt.empty(),
                OptionalDouble.empty(),
                OptionalLong.empty());
    }

    private static TraceResult generate(TestedModel m, int steps, Block block) {
        return m.model().generate(steps, tracer -> tracer.invoke(P, block));
    }

    @ParameterizedTest
    @EnumSource
    @Case({"72", "79"})
    void everyStep_read_hasThePromptAndThenOneToken(TestedModel m) {
        List<Tensor> values = read(m, 3, P, m.block(0));

        assertThat(values)
                .extracting(Tensor::shape)
                .containsExactly(
                        new int[] {1, P.length, m.width()},
                        new int[] {1, 1, m.width()},
                        new int[] {1, 1, m.width()});
    }

    @ParameterizedTest
    @EnumSource
    @Case({"73", "75"})
    void someSteps_read_areThoseVisits(TestedModel m) {
        List<Tensor> all = read(m, 3, P, m.block(1));
        List<Tensor> some = new ArrayList<>();
        List<Integer> steps = new ArrayList<>();
        generate(
                m,
                3,
                t -> {
                    for (int step : t.iter(1, 3)) {
                        steps.add(step);
                        some.add(t.module(m.block(1)).output().save());
                    }
                });
        generate(
                m,
                3,
                t -> {
                    for (int step : t.iter(List.of(0, 2))) {
                        steps.add(step);
                        some.add(t.module(m.block(1)).output().save());
                    }
                });

        assertThat(steps).containsExactly(1, 2, 0, 2);
        assertSame(some.get(0), all.get(1));
        assertSame(some.get(1), all.get(2));
        assertSame(some.get(2), all.get(0));
        assertSame(some.get(3), all.get(2));
    }

    @ParameterizedTest
    @EnumSource
    @Case({"74", "111"})
    void oneStep_changed_leavesTheOneBeforeAndReachesTheOneAfter(TestedModel m) {
        List<Tensor> plain = read(m, 3, P, m.block(1));
        List<Tensor> plainAfter = read(m, 3, P, m.block(2));
        CacheDict[] cache = new CacheDict[1];
        generate(
                m,
                3,
                t -> {
                    cache[0] = t.cache();
                    for (int unused : t.iter(1)) {
                        t.module(m.block(1)).output(Tensor.scalar(0));
                    }
                });

        List<Entry> entries = cache[0].get(m.block(1)).entries();
        assertSame(entries.get(0).output(), plain.get(0));
        assertThat(entries.get(1).output().toFloats()).containsOnly(0);
        assertDiffers(cache[0].get(m.block(2)).visit(2).output(), plainAfter.get(2));
    }

    @ParameterizedTest
    @EnumSource
    @Case("76")
    void emptyRange_runsNoBody(TestedModel m) {
        List<Integer> steps = new ArrayList<>();
        generate(
                m,
                3,
                t -> {
                    t.iter(3, 3).forEach(steps::add);
                    t.iter(List.of()).forEach(steps::add);
                    t.iter(2, 0).forEach(steps::add);
                });

        assertThat(steps).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @Case("77")
    void negativeStep_isRefused(TestedModel m) {
        for (Block block :
                List.<Block>of(
                        t -> t.iter(-1),
                        t -> t.iter(-1, 2),
                        t -> t.iter(0, -1),
                        t -> t.iterFrom(-2),
                        t -> t.iter(List.of(0, -3)))) {
            assertThatThrownBy(() -> generate(m, 2, block))
                    .isInstanceOfSatisfying(
                            TraceException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.STEP_OUT_OF_RANGE))
                    .hasMessageContaining("can't be negative");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Case("78")
    void plainRead_inAGeneration_isTheFirstVisit(TestedModel m) {
        List<Tensor> all = read(m, 3, P, m.block(1));

        TraceResult result = generate(m, 3, t -> t.save("value", t.module(m.block(1)).output()));

        assertSame(result.saved("value"), all.get(0));
        assertThat(result.generated(0)).hasSize(3);
        assertThat(result.cuts()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Case("80")
    void loop_beyondTheLastStep_keepsWhatItHasAndWarns(TestedModel m) {
        int[] ids = generate(m, 3, t -> {}).generated(0);
        Generation endsEarly =
                new Generation(
                        8,
                        Optional.of(List.of(ids[2])),
                        0,
                        OptionalInt.empty(),
                        OptionalDouble.empty(),
                        OptionalLong.empty());
        List<Tensor> values = new ArrayList<>();
        List<String> log = new ArrayList<>();
        TraceResult result =
                m.model()
                        .generate(
                                endsEarly,
                                tracer ->
                                        tracer.invoke(
                                                P,
                                                t -> {
                                                    for (int unused : t.iter(0, 8)) {
                                                        values.add(
                                                                t.module(m.block(0))
                                                                        .output()
                                                                        .save());
                                                    }
                                                    log.add("after");
                                                }));

        int made = result.generated(0).length;
        assertThat(made).isLessThanOrEqualTo(3);
        assertThat(values).hasSize(made);
        assertThat(values.get(made - 1).toFloats()).isNotEmpty();
        assertThat(log).isEmpty();
        assertThat(result.warnings()).hasSize(1);
        assertThat(result.warnings().get(0))
                .contains(m.block(0) + ".output.i" + made)
                .contains("was never reached");
    }

    @ParameterizedTest
    @EnumSource
    @Case("81")
    void statementAfterALoop_runs(TestedModel m) {
        TraceResult result =
                generate(
                        m,
                        3,
                        t -> {
                            for (int unused : t.iter(0, 3)) {
                                t.module(m.block(0)).output().mean();
                            }
                            t.save("ids", t.result());
                        });

        assertThat(result.saved("ids").toInts()).isEqualTo(result.tokens(0));
        assertThat(result.warnings()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @Case("82")
    void module_readAfterALoop_isOutOfOrder(TestedModel m) {
        assertThatThrownBy(
                        () ->
                                generate(
                                        m,
                                        3,
                                        t -> {
                                            for (int unused : t.iter(0, 3)) {
                                                t.module(m.block(0)).output();
                                            }
                                            t.module(m.block(0)).output();
                                        }))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_ORDER))
                .hasMessageContaining(m.block(0) + ".output.i0");
    }

    @ParameterizedTest
    @EnumSource
    @Case({"83", "90"})
    void emptyInvocation_readsTheResultBesideALoop(TestedModel m) {
        TraceResult result =
                m.model()
                        .generate(
                                3,
                                tracer -> {
                                    tracer.invoke(
                                            P,
                                            t -> {
                                                for (int unused : t.all()) {
                                                    t.save("hidden", t.module(m.block(0)).output());
                                                }
                                            });
                                    tracer.invoke(P2, t -> t.save("own", t.result()));
                                    tracer.invoke(t -> t.save("all", t.result()));
                                });

        assertThat(result.saved("hidden").shape()).containsExactly(1, 1, m.width());
        assertThat(result.saved("own").toInts()).isEqualTo(result.tokens(1));
        assertThat(result.saved("own").shape())
                .containsExactly(1, P2.length + result.generated(1).length);
        assertThat(result.saved("all").row(1).at(Selector.range(0, 3)).toInts())
                .isEqualTo(java.util.Arrays.copyOf(result.tokens(1), 3));
    }

    @ParameterizedTest
    @EnumSource
    @Case("84")
    void body_thatIsOutOfOrder_isRefusedAtAnyStep(TestedModel m) {
        for (int first : new int[] {0, 1}) {
            for (boolean looks : new boolean[] {false, true}) {
                assertThatThrownBy(
                                () ->
                                        generate(
                                                m,
                                                3,
                                                t -> {
                                                    for (int unused : t.iter(first, 3)) {
                                                        Tensor later =
                                                                t.module(m.block(2)).output();
                                                        if (looks) {
                                                            later.mean();
                                                        }
                                                        t.module(m.block(0)).output();
                                                    }
                                                }))
                        .isInstanceOfSatisfying(
                                TraceException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_ORDER))
                        .hasMessageContaining(m.block(0) + ".output.i" + first);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Case("85")
    void secondLoop_startsAfterTheFirst(TestedModel m) {
        List<Tensor> all = read(m, 3, P, m.block(1));
        List<Tensor> values = new ArrayList<>();
        generate(
                m,
                3,
                t -> {
                    for (int unused : t.iter(0, 1)) {
                        values.add(t.module(m.block(1)).output().save());
                    }
                    for (int unused : t.iter(2, 3)) {
                        values.add(t.module(m.block(1)).output().save());
                    }
                });
        assertSame(values.get(0), all.get(0));
        assertSame(values.get(1), all.get(2));

        assertThatThrownBy(
                        () ->
                                generate(
                                        m,
                                        3,
                                        t -> {
                                            for (int unused : t.iter(1, 3)) {
                                                t.module(m.block(1)).output();
                                            }
                                            for (int unused : t.iter(0, 1)) {
                                                t.module(m.block(1)).output();
                                            }
                                        }))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining(m.block(1) + ".output.i0");
    }

    @ParameterizedTest
    @EnumSource
    @Case("86")
    void twoInvocations_loopOverTheirOwnSteps(TestedModel m) {
        List<String> log = new ArrayList<>();
        m.model()
                .generate(
                        3,
                        tracer -> {
                            tracer.invoke(
                                    P,
                                    t -> {
                                        for (int step : t.iter(0, 2)) {
                                            t.module(m.block(0)).output().mean();
                                            log.add("a" + step);
                                        }
                                    });
                            tracer.invoke(
                                    P2,
                                    t -> {
                                        for (int step : t.iter(1, 3)) {
                                            t.module(m.block(0)).output().mean();
                                            log.add("b" + step);
                                        }
                                    });
                        });

        assertThat(log).containsExactly("a0", "a1", "b1", "b2");
    }

    @ParameterizedTest
    @EnumSource
    @Case({"87", "88"})
    void everyStep_canHaveItsOwnChange(TestedModel m) {
        CacheDict[] cache = new CacheDict[1];
        List<Tensor> before = new ArrayList<>();
        generate(
                m,
                3,
                t -> {
                    cache[0] = t.cache();
                    for (int step : t.all()) {
                        Envoy block = t.module(m.block(1));
                        before.add(block.output().copy());
                        block.output(before.get(step).plus(step));
                    }
                });

        for (int step = 0; step < 3; step++) {
            assertSame(cache[0].get(m.block(1)).visit(step).output(), before.get(step).plus(step));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Case("91")
    void streamedTokens_areThePromptAndThenEachToken(TestedModel m) {
        List<Integer> streamed = new ArrayList<>();
        TraceResult result =
                generate(
                        m,
                        3,
                        t -> {
                            for (int unused : t.iter(0, 4)) {
                                for (int token : t.streamed().toInts()) {
                                    streamed.add(token);
                                }
                            }
                        });

        assertThat(streamed.stream().mapToInt(Integer::intValue).toArray())
                .isEqualTo(result.tokens(0));
        assertThatThrownBy(
                        () ->
                                generate(
                                        m,
                                        2,
                                        t -> {
                                            t.module(m.head).output();
                                            t.streamed();
                                        }))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("model.generator.streamer.output.i0");
    }

    @ParameterizedTest
    @EnumSource
    @Case("92")
    void steering_atEveryStep_isTheSameHoweverItIsWritten(TestedModel m) {
        float[] direction = new float[m.width()];
        for (int unit = 0; unit < direction.length; unit++) {
            // Not a constant, which the norms of some models take out.
            direction[unit] = unit % 5 - 2f;
        }
        Tensor vector = Tensor.vector(direction);
        TraceResult replaced =
                generate(
                        m,
                        4,
                        t -> {
                            for (int step : t.all()) {
                                Envoy block = t.module(m.block(1));
                                block.output(block.output().plus(vector));
                                t.save("logits" + step, t.module(m.head).output());
                            }
                        });
        TraceResult inPlace =
                generate(
                        m,
                        4,
                        t -> {
                            for (int unused : t.all()) {
                                Tensor hidden = t.module(m.block(2)).input();
                                hidden.set(hidden.plus(vector));
                            }
                        });

        byte[] biased =
                """
                {"invocations": [{"tokens": %s}], "generate": {"max_new_tokens": 4},
                 "interventions": [{"at": "%s.output", "op": "add", "vector": %s, "steps": "all"}],
                 "cache": [{"modules": ["%s"]}]}
                """
                        .formatted(
                                java.util.Arrays.toString(P),
                                m.block(1),
                                java.util.Arrays.toString(direction),
                                m.head)
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        TraceResult asAModel = m.model().restore(biased).compile().execute();

        assertThat(replaced.generated(0)).hasSize(4);
        assertThat(inPlace.generated(0)).isEqualTo(replaced.generated(0));
        assertThat(asAModel.generated(0)).isEqualTo(replaced.generated(0));
        for (int step = 0; step < 4; step++) {
            Tensor logits = replaced.saved("logits" + step);
            assertClose(
                    logits.row(0), asAModel.cache(0, "0").get(m.head).visit(step).output(), 1e-4);
        }
        assertThat(replaced.saved("logits0").minus(m.logits(P)).map(Math::abs).max())
                .isGreaterThan(0.05f);
    }

    @ParameterizedTest
    @EnumSource
    @Case("93")
    void greedyGeneration_twice_givesTheSame(TestedModel m) {
        assertThat(generate(m, 5, t -> {}).generated(0))
                .isEqualTo(generate(m, 5, t -> {}).generated(0));
    }

    @ParameterizedTest
    @EnumSource
    @Case("94")
    void change_ofThePromptAlone_isRememberedByTheKvCache(TestedModel m) {
        CacheDict[] caches = new CacheDict[2];
        Block first =
                t -> {
                    caches[0] = t.cache(CacheOption.modules(m.block(2)));
                    t.module(m.block(1)).output(Tensor.scalar(0.25));
                };
        Block every =
                t -> {
                    caches[1] = t.cache(CacheOption.modules(m.block(2)));
                    for (int unused : t.all()) {
                        t.module(m.block(1)).output(Tensor.scalar(0.25));
                    }
                };
        generate(m, 3, first);
        generate(m, 3, every);

        assertSame(
                caches[0].get(m.block(2)).visit(0).output(),
                caches[1].get(m.block(2)).visit(0).output());
        assertDiffers(
                caches[0].get(m.block(2)).visit(1).output(),
                caches[1].get(m.block(2)).visit(1).output());
        assertDiffers(
                caches[0].get(m.block(2)).visit(1).output(), read(m, 3, P, m.block(2)).get(1));
    }

    @ParameterizedTest
    @EnumSource
    @Case("95")
    void unequalPrompts_generateAsAlone(TestedModel m) {
        TraceResult both =
                m.model()
                        .generate(
                                5,
                                tracer -> {
                                    tracer.invoke(P, t -> {});
                                    tracer.invoke(
                                            Q,
                                            t -> {
                                                for (int step : t.all()) {
                                                    t.save(
                                                            "hidden" + step,
                                                            t.module(m.block(2)).output());
                                                }
                                            });
                                });
        List<Tensor> alone = read(m, 5, Q, m.block(2));

        assertThat(both.generated(0)).isEqualTo(generate(m, 5, t -> {}).generated(0));
        assertThat(both.generated(1)).isEqualTo(m.model().generate(5, Q, t -> {}).generated(0));
        for (int step = 0; step < alone.size(); step++) {
            assertClose(both.saved("hidden" + step), alone.get(step), 1e-4);
        }
    }
}
