/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.Tensors.assertDiffers;
import static io.hookline.trace.Tensors.assertSame;
import static io.hookline.trace.TestedModel.P;
import static io.hookline.trace.TestedModel.P2;
import static io.hookline.trace.TestedModel.Q;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stored edits, names, sessions, scans, and what a trace shows of itself. */
class EditTest {
    @ParameterizedTest
    @EnumSource
    @Case("126")
    void edit_ofACopy_leavesTheModel(TestedModel m) {
        Tensor plain = m.logits(P);
        LanguageModel edited = m.model().edit(t -> t.module(m.block(1)).output(Tensor.scalar(0)));
        Block block = t -> t.save("logits", t.module(m.head).output());

        assertDiffers(edited.trace(P, block).saved("logits"), plain);
        assertSame(m.model().trace(P, block).saved("logits"), plain);
    }

    @ParameterizedTest
    @EnumSource
    @Case("127")
    void edit_inPlace_actsUntilItIsCleared(TestedModel m) {
        Tensor plain = m.logits(P);
        LanguageModel model = m.model().rename(Map.of());
        Block block = t -> t.save("logits", t.module(m.head).output());
        model.editInPlace(t -> t.module(m.block(1)).output(Tensor.scalar(0)));
        LanguageModel copy = model.edit(t -> {});

        Tensor once = model.trace(P, block).saved("logits");
        Tensor again = model.trace(P, block).saved("logits");
        model.clearEdits();

        assertDiffers(once, plain);
        assertSame(again, once);
        assertSame(model.trace(P, block).saved("logits"), plain);
        assertSame(copy.trace(P, block).saved("logits"), once);
    }

    @ParameterizedTest
    @EnumSource
    @Case({"128", "130"})
    void edits_stackInOrderAndReachEveryRow(TestedModel m) {
        LanguageModel edited =
                m.model()
                        .edit(t -> t.module(m.block(1)).output(Tensor.scalar(1)))
                        .edit(
                                t -> {
                                    Envoy block = t.module(m.block(1));
                                    block.output(block.output().plus(1));
                                });
        TraceResult result =
                edited.trace(
                        tracer -> {
                            tracer.invoke(P, t -> t.save("a", t.module(m.block(1)).output()));
                            tracer.invoke(Q, t -> t.save("b", t.module(m.block(1)).output()));
                        });

        assertThat(result.saved("a").toFloats()).containsOnly(2);
        assertThat(result.saved("b").toFloats()).containsOnly(2);
    }

    @ParameterizedTest
    @EnumSource
    @Case("129")
    void edit_inAGeneration_actsAtTheFirstStepUnlessItLoops(TestedModel m) {
        Block zero = t -> t.module(m.block(1)).output(Tensor.scalar(0));
        Block every =
                t -> {
                    for (int unused : t.all()) {
                        zero.run(t);
                    }
                };
        List<List<Boolean>> zeroed = new ArrayList<>();
        for (Block edit : List.of(zero, every)) {
            CacheDict[] cache = new CacheDict[1];
            m.model()
                    .edit(edit)
                    .generate(
                            IterationTest.endless(3),
                            tracer -> tracer.invoke(P, t -> cache[0] = t.cache()));
            zeroed.add(
                    cache[0].get(m.block(1)).outputs().stream()
                            .map(output -> output.map(Math::abs).max() == 0)
                            .toList());
        }

        assertThat(zeroed).containsExactly(List.of(true, false, false), List.of(true, true, true));
    }

    @ParameterizedTest
    @EnumSource
    @Case("131")
    void renamedList_isFoundByBothNames(TestedModel m) {
        LanguageModel renamed =
                m.model().rename(Map.of(m.blocks.substring("model.".length()), "stack"));

        TraceResult result =
                renamed.trace(
                        P,
                        t -> {
                            t.save("a", t.module("model.stack").at(1).output());
                            t.save("b", t.module("stack.1").output());
                            t.save("c", t.module(m.block(1)).output());
                            assertThat(t.module("stack.1").path()).isEqualTo(m.block(1));
                            assertThat(t.module(m.block(1)).alias()).isEqualTo("model.stack.1");
                            assertThat(t.module("stack").at(-1).path())
                                    .isEqualTo(m.block(m.count() - 1));
                        });

        assertSame(result.saved("a"), result.saved("c"));
        assertSame(result.saved("b"), result.saved("c"));
        assertThatThrownBy(() -> m.model().rename(Map.of("mlp", m.attention)))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("there is a module of that name");
        assertThatThrownBy(() -> renamed.module("stack").at(99))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("out of range");
    }

    @ParameterizedTest
    @EnumSource
    void modules_renamedTwice_haveAllNames(TestedModel m) {
        LanguageModel renamed =
                m.model()
                        .rename(Map.of(m.blocks.substring("model.".length()), "stack"))
                        .rename(Map.of("mlp", "ffn"))
                        .rename(Map.of(".mlp", "feed_forward"))
                        .edit(t -> {});
        CacheDict[] cache = new CacheDict[1];
        renamed.trace(P, t -> cache[0] = t.cache());

        for (String name : List.of("stack.1.ffn", "stack.1.mlp", "stack.1.feed_forward")) {
            assertThat(renamed.module(name).path()).isEqualTo(m.mlp(1));
            assertSame(cache[0].get("model." + name).output(), m.plain(P, m.mlp(1)));
            assertThat(cache[0].contains(name)).isTrue();
        }
        assertThat(renamed.module("stack.1.mlp").alias()).startsWith("model.stack.1.");
    }

    @ParameterizedTest
    @EnumSource
    void text_encodedAndDecoded_isThePrompts(TestedModel m) {
        String text = "Ticket from Anna: Hello, my blue kettle";
        int[] tokens = m.model().encode(text);
        TraceResult result =
                m.model()
                        .trace(
                                new String[] {text, "Ticket"},
                                t -> t.save("all", t.module(m.block(0)).output()));

        assertThat(result.prompt(0)).isEqualTo(tokens);
        assertThat(m.model().decode(tokens).strip()).isEqualTo(text);
        assertThat(result.saved("all").shape()).containsExactly(2, tokens.length, m.width());
        assertThat(result.text(0)).isEmpty();
        TraceResult generated = m.model().generate(IterationTest.endless(3), text, t -> {});
        assertThat(generated.text(0)).isEqualTo(m.model().decode(generated.generated(0)));
        assertThat(
                        m.model()
                                .scan(P, t -> t.save("a", t.module(m.head).output()))
                                .saved("a")
                                .shape())
                .containsExactly(1, P.length, 1024);
        assertThatThrownBy(() -> m.model().trace(new String[] {text, ""}, t -> {}))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.PROMPT_EMPTY));
    }

    @ParameterizedTest
    @EnumSource
    @Case("132")
    void session_letsValuesFlowAndEndsThem(TestedModel m) {
        List<Tensor> read = new ArrayList<>();
        List<Tensor> kept = new ArrayList<>();
        m.model()
                .session(
                        session -> {
                            session.trace(
                                    tracer ->
                                            tracer.invoke(
                                                    P,
                                                    t -> {
                                                        read.add(t.module(m.block(1)).output());
                                                        t.share("hidden", read.get(0));
                                                        t.stop();
                                                    }));
                            TraceResult second =
                                    session.trace(
                                            tracer ->
                                                    tracer.invoke(
                                                            P2,
                                                            t -> {
                                                                t.module(m.block(1))
                                                                        .output(t.shared("hidden"));
                                                                t.save(
                                                                        "out",
                                                                        t.module(m.block(1))
                                                                                .output());
                                                            }));
                            kept.add(second.saved("out"));
                        });

        assertSame(kept.get(0), m.plain(P, m.block(1)));
        assertThatThrownBy(() -> read.get(0).toFloats()).isInstanceOf(TraceException.class);
    }

    @ParameterizedTest
    @EnumSource
    @Case("133")
    void scan_knowsShapesAndComputesNothing(TestedModel m) {
        Block block =
                t -> {
                    CacheDict cache = t.cache();
                    Tensor hidden = t.module(m.block(1)).output();
                    t.module(m.block(1)).output(hidden.times(2).at(Selector.last()));
                    t.save("last", hidden.at(Selector.last()).norm());
                    t.save("lens", t.module(m.head).call(t.module(m.norm).call(hidden)));
                    t.save("logits", t.module(m.head).output().softmax());
                    t.save("cache", cache);
                };
        TraceResult scanned = m.model().scan(tracer -> tracer.invoke(P, block));

        assertThat(scanned.saved("last").shape()).containsExactly(1, 1);
        assertThat(scanned.saved("lens").shape()).containsExactly(1, P.length, 1024);
        assertThat(scanned.saved("logits").shape()).containsExactly(1, P.length, 1024);
        assertThatThrownBy(() -> scanned.saved("logits").toFloats())
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("a scan knows shapes and types");
        CacheDict real = m.model().trace(P, block).saved("cache", CacheDict.class);
        CacheDict shapes = scanned.saved("cache", CacheDict.class);
        assertThat(shapes.keys()).isEqualTo(real.keys());
        for (String key : real.keys()) {
            assertThat(shapes.get(key).output().shape()).isEqualTo(real.get(key).output().shape());
            assertThat(shapes.get(key).output().dtype()).isEqualTo(real.get(key).output().dtype());
        }
        assertThatThrownBy(
                        () ->
                                m.model()
                                        .scan(
                                                tracer ->
                                                        tracer.invoke(
                                                                P,
                                                                t ->
                                                                        t.module(m.block(1))
                                                                                .output()
                                                                                .at(
                                                                                        Selector
                                                                                                .positions(
                                                                                                        9)))))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.SHAPE_MISMATCH))
                .hasMessageContaining("position 9 is out of range");
        assertThatThrownBy(
                        () ->
                                m.model()
                                        .scan(
                                                tracer ->
                                                        tracer.invoke(
                                                                P,
                                                                t -> {
                                                                    t.module(m.block(2)).output();
                                                                    t.module(m.block(1)).output();
                                                                })))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_ORDER));
    }

    @ParameterizedTest
    @EnumSource
    @Case("133")
    void modelWithoutWeights_canBeScannedAlone(TestedModel m) throws Exception {
        try (LanguageModel described = LanguageModel.describe(m.path())) {
            TraceResult scanned =
                    described.scan(
                            tracer ->
                                    tracer.invoke(
                                            P, t -> t.save("a", t.module(m.block(1)).output())));

            assertThat(scanned.saved("a").shape()).containsExactly(1, P.length, m.width());
            assertThatThrownBy(() -> described.trace(P, t -> {}))
                    .isInstanceOf(TraceException.class)
                    .hasMessageContaining("without its weights");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Case("135")
    void failingTrace_besideAnother_leavesIt(TestedModel m) {
        Block block =
                t -> {
                    Envoy first = t.module(m.block(1));
                    first.output(first.output().plus(1));
                    t.save("logits", t.module(m.head).output());
                };
        Tensor expected = m.model().trace(P, block).saved("logits");
        List<CompletableFuture<Tensor>> good = new ArrayList<>();
        List<CompletableFuture<Void>> bad = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            good.add(
                    CompletableFuture.supplyAsync(() -> m.model().trace(P, block).saved("logits")));
            bad.add(
                    CompletableFuture.runAsync(
                            () ->
                                    m.model()
                                            .trace(
                                                    P,
                                                    t -> {
                                                        t.module(m.block(1)).output().mean();
                                                        throw new IllegalStateException("own");
                                                    })));
        }

        good.forEach(each -> assertSame(each.join(), expected));
        bad.forEach(
                each ->
                        assertThatThrownBy(each::join)
                                .hasRootCauseInstanceOf(IllegalStateException.class));
    }

    @ParameterizedTest
    @EnumSource
    void trace_capturedCompiledAndExecuted_canBeLookedAt(TestedModel m) {
        LanguageModel edited = m.model().edit(t -> {});
        Tracer tracer =
                edited.captureGeneration(
                        2,
                        definition -> {
                            definition.invoke(P, t -> {});
                            definition.invoke(t -> {});
                        });
        assertThat(tracer.fn().name()).isEqualTo("generate");
        assertThat(tracer.model()).isSameAs(edited);
        assertThat(tracer.invokes()).extracting(Invoke::isWhole).containsExactly(false, true);

        CompiledTrace compiled = tracer.compile();
        assertThat(compiled.mediators())
                .extracting(Mediator::name)
                .containsExactly("edit 0", "invocation 0", "invocation 1");
        assertThat(compiled.batcher().promptLengths()).containsExactly(P.length);
        assertThat(compiled.interleaver().mediators()).isEqualTo(compiled.mediators());

        assertThat(edited.toString()).contains(m.model().module("model").path(), "1 stored edits");
        assertThat(compiled).hasToString("compiled generate of 2 invocations, rows of [6] tokens");
        assertThat(compiled.interleaver())
                .hasToString("[edit 0, invocation 0, invocation 1] at 'the start'");

        TraceResult result = compiled.execute();
        assertThat(result.generated(0)).hasSize(2);
        assertThat(result).hasToString("result of 1 rows, 2 new tokens, 0 cuts, saved []");
        assertThatThrownBy(compiled::execute).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tracer.invoke(P, t -> {})).isInstanceOf(TraceException.class);
    }

    @ParameterizedTest
    @EnumSource
    void tree_walkedFromTheRoot_namesItsModules(TestedModel m) {
        Envoy root = m.model().root();

        assertThat(root.path()).isEqualTo("model");
        assertThat(root.children()).extracting(Envoy::path).contains(m.head);
        assertThat(m.model().module(m.blocks).children()).hasSize(m.count());
        assertThat(m.model().module(m.block(0)).module("mlp").path()).isEqualTo(m.mlp(0));
        assertThat(m.model().module(m.block(0).substring(6)).toString()).isEqualTo(m.block(0));
        assertThatThrownBy(() -> m.model().module(m.head).at(0))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("no list of modules");
    }
}
