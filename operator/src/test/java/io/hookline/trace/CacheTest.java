/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.CacheOption.dtype;
import static io.hookline.trace.CacheOption.includeInputs;
import static io.hookline.trace.CacheOption.includeOutput;
import static io.hookline.trace.CacheOption.modules;
import static io.hookline.trace.Tensors.assertClose;
import static io.hookline.trace.Tensors.assertDiffers;
import static io.hookline.trace.Tensors.assertSame;
import static io.hookline.trace.TestedModel.P;
import static io.hookline.trace.TestedModel.P2;
import static io.hookline.trace.TestedModel.Q;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What caches record, and how it is found again. */
class CacheTest {
    private static CacheDict cached(TestedModel m, CacheOption... options) {
        CacheDict[] cache = new CacheDict[1];
        TraceResult result = m.model().trace(P, t -> cache[0] = t.cache(options));
        assertThat(result.cuts()).isZero();
        return cache[0];
    }

    @ParameterizedTest
    @EnumSource
    @Case({"96", "97"})
    void cache_ofEverything_hasModulesInTheOrderOfTheirEnds(TestedModel m) {
        CacheDict cache = cached(m);

        assertThat(cache.keys())
                .containsSubsequence(
                        m.embedding, m.mlp(0), m.block(0), m.block(1), m.norm, m.head, "model");
        assertThat(cache.keys()).doesNotContain(m.blocks);
        assertThat(cache.keys())
                .containsExactlyInAnyOrderElementsOf(cache.keys().stream().distinct().toList())
                .containsAll(children(m.model().module(m.block(m.count() - 1))));
        assertThat(cache.keys()).last().isEqualTo("model");
        assertThat(cache.get(m.block(0)).entry().inputs()).isNull();
        assertThat(cache.get(m.block(0)).input()).isNull();
    }

    private static List<String> children(Envoy module) {
        List<String> paths = new ArrayList<>();
        for (Envoy child : module.children()) {
            paths.add(child.path());
            paths.addAll(children(child));
        }
        return paths;
    }

    @ParameterizedTest
    @EnumSource
    @Case("98")
    void inputs_cached_areTheOutputsBefore(TestedModel m) {
        CacheDict cache = cached(m, includeInputs(true));

        assertSame(cache.get(m.block(1)).input(), cache.get(m.block(0)).output());
        assertSame(cache.get(m.block(1)).inputs().args().get(0), cache.get(m.block(0)).output());
        assertThat(cache.keys()).containsSubsequence(m.block(0), m.mlp(0));
    }

    @ParameterizedTest
    @EnumSource
    @Case("99")
    void inputsAlone_cached_leaveOutputsAway(TestedModel m) {
        CacheDict cache = cached(m, includeInputs(true), includeOutput(false));

        assertThat(cache.get(m.block(1)).output()).isNull();
        assertThat(cache.get(m.block(1)).input()).isNotNull();
        assertThat(cached(m, includeOutput(false)).keys()).isEmpty();
        assertThat(cached(m, modules(new String[0])).keys()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @Case("100")
    void modules_byEnvoyAndPath_areExactlyThose(TestedModel m) {
        CacheDict[] cache = new CacheDict[1];
        m.model()
                .trace(
                        P,
                        t -> cache[0] = t.cache(modules(t.module(m.mlp(0))), modules(m.block(1))));

        assertThat(cache[0].keys()).containsExactly(m.mlp(0), m.block(1));
    }

    @ParameterizedTest
    @EnumSource
    @Case("101")
    void unknownModule_isAnErrorUnlessItIsIgnored(TestedModel m) {
        assertThatThrownBy(() -> cached(m, modules(m.block(1) + "x")))
                .isInstanceOfSatisfying(
                        TraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_MODULE))
                .hasMessageContaining("did you mean");
        assertThat(
                        cached(
                                        m,
                                        modules("model.nothing", m.block(1)),
                                        CacheOption.ignoreUnknownModules())
                                .keys())
                .containsExactly(m.block(1));
    }

    @ParameterizedTest
    @EnumSource
    @Case({"102", "125"})
    void generation_cached_hasAnEntryForEachStep(TestedModel m) {
        CacheDict[] cache = new CacheDict[1];
        List<Tensor> read = new ArrayList<>();
        m.model()
                .generate(
                        3,
                        tracer -> {
                            tracer.invoke(
                                    P,
                                    t -> {
                                        cache[0] = t.cache();
                                        t.module(m.block(0)).output();
                                    });
                            tracer.invoke(
                                    t -> {
                                        for (int unused : t.all()) {
                                            read.add(t.module(m.block(2)).output().save());
                                        }
                                    });
                        });

        List<Entry> entries = cache[0].get(m.block(2)).entries();
        assertThat(entries).hasSize(3);
        assertThat(entries.get(0).output().shape()).containsExactly(1, P.length, m.width());
        assertThat(entries.get(2).output().shape()).containsExactly(1, 1, m.width());
        for (int step = 0; step < 3; step++) {
            assertSame(entries.get(step).output(), read.get(step));
        }
        assertThat(cache[0].get(m.block(2)).outputs()).hasSize(3);
        assertThatThrownBy(() -> cache[0].get(m.block(2)).output())
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("visited 3 times");
    }

    @ParameterizedTest
    @EnumSource
    @Case({"103", "104"})
    void cache_hasValuesAfterAllEdits(TestedModel m) {
        CacheDict[] cache = new CacheDict[1];
        m.model()
                .trace(
                        tracer -> {
                            tracer.invoke(P, t -> cache[0] = t.cache());
                            tracer.invoke(t -> t.module(m.block(1)).output(Tensor.scalar(0)));
                            tracer.invoke(
                                    t -> {
                                        Tensor hidden = t.module(m.block(2)).output();
                                        hidden.set(Selector.last(), hidden.max());
                                    });
                        });

        assertThat(cache[0].get(m.block(1)).output().toFloats()).containsOnly(0);
        assertSame(cache[0].get(m.block(0)).output(), m.plain(P, m.block(0)));
        Tensor last = cache[0].get(m.block(2)).output().at(Selector.last());
        assertThat(last.minus(last.at(Selector.units(0))).map(Math::abs).max()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Case({"105", "106"})
    void twoInvocations_cacheTheirOwnRows(TestedModel m) {
        CacheDict[] cache = new CacheDict[3];
        m.model()
                .trace(
                        tracer -> {
                            tracer.invoke(P, t -> cache[0] = t.cache());
                            tracer.invoke(Q, t -> cache[1] = t.cache());
                            tracer.invoke(t -> cache[2] = t.cache());
                        });

        assertClose(cache[0].get(m.block(1)).output(), m.plain(P, m.block(1)), 1e-4);
        assertClose(cache[1].get(m.block(1)).output(), m.plain(Q, m.block(1)), 1e-4);
        assertThat(cache[2].get(m.block(1)).output().shape())
                .containsExactly(2, P.length, m.width());
        assertThat(cache[2].get(m.block(1)).output().lengths()).containsExactly(P.length, Q.length);
    }

    @ParameterizedTest
    @EnumSource
    @Case({"107", "108"})
    void twoCaches_inOneBlock_areIndependent(TestedModel m) {
        CacheDict[] cache = new CacheDict[2];
        TraceResult result =
                m.model()
                        .trace(
                                P,
                                t -> {
                                    cache[0] =
                                            t.cache(
                                                    modules(m.block(0)),
                                                    dtype(ElementType.FLOAT16));
                                    cache[1] = t.cache(modules(m.block(0), m.block(1)));
                                    t.save("logits", t.module(m.head).output());
                                });

        Tensor half = cache[0].get(m.block(0)).output();
        Tensor full = cache[1].get(m.block(0)).output();
        assertThat(half.dtype()).isEqualTo(ElementType.FLOAT16);
        assertSame(half, full.to(ElementType.FLOAT16));
        assertThat(half.sameAs(full)).isFalse();
        assertThat(cache[1].keys()).hasSize(2);
        assertSame(result.saved("logits"), m.logits(P));
    }

    @ParameterizedTest
    @EnumSource
    @Case("109")
    void laterChangeInPlace_doesNotReachTheCache(TestedModel m) {
        CacheDict[] cache = new CacheDict[1];
        m.model()
                .trace(
                        P,
                        t -> {
                            cache[0] = t.cache(modules(m.block(0), m.block(1)));
                            t.module(m.block(1)).input().set(Tensor.scalar(0));
                        });

        assertSame(cache[0].get(m.block(0)).output(), m.plain(P, m.block(0)));
        assertDiffers(cache[0].get(m.block(1)).output(), m.plain(P, m.block(1)));
    }

    @ParameterizedTest
    @EnumSource
    @Case("110")
    void nextTrace_addsNothing(TestedModel m) {
        CacheDict cache = cached(m);
        m.model().trace(P2, t -> t.cache());

        assertThat(cache.get(m.block(0)).visits()).isEqualTo(1);
        assertSame(cache.get(m.block(0)).output(), m.plain(P, m.block(0)));
    }

    @ParameterizedTest
    @EnumSource
    @Case("113")
    void cache_afterAnAccess_isRefused(TestedModel m) {
        for (Block access :
                List.<Block>of(
                        t -> t.module(m.block(0)).output(),
                        t -> t.module(m.block(0)).output(Tensor.scalar(0)),
                        t -> t.module(m.block(0)).skip(Tensor.scalar(0)))) {
            assertThatThrownBy(
                            () ->
                                    m.model()
                                            .trace(
                                                    P,
                                                    t -> {
                                                        access.run(t);
                                                        t.cache();
                                                    }))
                    .isInstanceOfSatisfying(
                            TraceException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_ORDER))
                    .hasMessageContaining("must be declared before");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Case("114")
    void cache_outsideABlock_isRefused(TestedModel m) {
        List<Mediator> leaked = new ArrayList<>();
        m.model().trace(P, leaked::add);

        assertThatThrownBy(() -> leaked.get(0).cache())
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("outside of interleaving");
    }

    @ParameterizedTest
    @EnumSource
    @Case("115")
    void entry_isFoundInEveryForm(TestedModel m) {
        CacheDict cache = cached(m);
        CacheDict byChildren = cache;
        for (String name : List.of(m.blocks.split("\\.", -1))) {
            byChildren = byChildren.child(name);
        }

        Tensor expected = m.plain(P, m.block(0));
        assertSame(cache.get(m.block(0)).output(), expected);
        assertSame(byChildren.at(0).output(), expected);
        assertSame(cache.get(m.block(0).substring("model.".length())).output(), expected);
        assertSame(byChildren.at(-m.count()).output(), expected);
        assertSame(byChildren.get("0").output(), expected);
        assertSame(byChildren.get(m.block(0)).output(), expected);
        assertThat(byChildren.at(0).path()).isEqualTo(m.block(0));
    }

    @ParameterizedTest
    @EnumSource
    @Case({"116", "118"})
    void view_holdsWhatIsInsideAlone(TestedModel m) {
        CacheDict cache = cached(m);
        CacheDict view = cache.get(m.block(1));

        assertThat(view.keys())
                .contains(m.block(1), m.mlp(1))
                .allMatch(key -> key.equals(m.block(1)) || key.startsWith(m.block(1) + "."));
        assertThat(view.size()).isEqualTo(view.keys().size()).isLessThan(cache.size());
        assertThat(view).containsExactlyElementsOf(view.keys());
        assertThat(view.contains(m.mlp(1))).isTrue();
        assertThat(view.contains("mlp")).isTrue();
        assertThat(view.contains(m.mlp(2))).isFalse();
        assertThat(view.contains(7)).isFalse();
        assertThat(cache.contains("nothing")).isFalse();
        assertThat(view.get(m.mlp(2)).output()).isNotNull();
        assertThat(view.values()).hasSize(view.size());
        assertThat(view.items()).containsOnlyKeys(view.keys());
    }

    @ParameterizedTest
    @EnumSource
    @Case("117")
    void whatWasNotCached_isNamed(TestedModel m) {
        CacheDict cache = cached(m, modules(m.block(1)));

        assertThatThrownBy(() -> cache.get(m.block(2)))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("'" + m.block(2) + "' was not cached, did you mean");
        assertThatThrownBy(() -> cache.child("nothing"))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("'nothing' was never cached");
        assertThatThrownBy(() -> cache.get(m.block(1)).child("mlp"))
                .isInstanceOf(TraceException.class);
        CacheDict list =
                m == TestedModel.GPT2
                        ? cache.child("model").child("transformer").child("h")
                        : cache.child("model").child("model").child("layers");
        assertThatThrownBy(() -> list.at(0))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("index 0");
        assertThatThrownBy(() -> list.at(99)).isInstanceOf(TraceException.class);
        assertThatThrownBy(list::output).isInstanceOf(TraceException.class);
    }

    @ParameterizedTest
    @EnumSource
    @Case("119")
    void renamedModule_isFoundByBothNames(TestedModel m) {
        LanguageModel renamed = m.model().rename(Map.of("mlp", "ffn"));
        CacheDict[] cache = new CacheDict[1];
        renamed.trace(P, t -> cache[0] = t.cache());

        String alias = m.block(1) + ".ffn";
        assertSame(cache[0].get(alias).output(), cache[0].get(m.mlp(1)).output());
        assertSame(cache[0].get(m.block(1)).child("ffn").output(), cache[0].get(m.mlp(1)).output());
        assertThat(cache[0].keys()).contains(m.mlp(1)).doesNotContain(alias);
        assertThat(cache[0].aliasKeys()).contains(alias).doesNotContain(m.mlp(1));
        assertThat(cache[0].contains(alias)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    @Case("120")
    void cache_writtenAndRead_isTheSame(TestedModel m) throws IOException {
        CacheDict cache = cached(m, includeInputs(true), dtype(ElementType.FLOAT16));
        CacheDict view = cache.get(m.block(1));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        view.writeTo(bytes);

        CacheDict read = CacheDict.readFrom(new ByteArrayInputStream(bytes.toByteArray()));

        assertThat(read.path()).isEqualTo(m.block(1));
        assertThat(read.keys()).isEqualTo(view.keys());
        for (String key : read.keys()) {
            assertSame(read.get(key).output(), cache.get(key).output());
            assertSame(read.get(key).input(), cache.get(key).input());
        }
        assertThat(read.get(m.block(2)).output().dtype()).isEqualTo(ElementType.FLOAT16);
        assertThatThrownBy(() -> CacheDict.readFrom(new ByteArrayInputStream(new byte[20])))
                .isInstanceOf(IOException.class)
                .hasMessage("these bytes are no cache");
    }

    @ParameterizedTest
    @EnumSource
    @Case("122")
    void module_withoutInput_hasNone(TestedModel m) {
        CacheDict cache = cached(m, includeInputs(true));

        assertThat(cache.get("model").input()).isNull();
        assertThat(cache.get("model").output()).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    @Case("123")
    void attention_cached_hasItsFirstInputAndItsProbabilities(TestedModel m) {
        CacheDict cache = cached(m, includeInputs(true), CacheOption.includeAttention(true));

        Entry entry = cache.get(m.attention(1)).entry();
        assertThat(entry.input().shape()).containsExactly(1, P.length, m.width());
        assertThat(entry.attention().shape()).containsExactly(1, 4, P.length, P.length);
    }

    @ParameterizedTest
    @EnumSource
    void device_otherThanTheHeap_isRefused(TestedModel m) {
        assertThat(CacheOption.device("cpu")).isNotNull();
        assertThat(cached(m, CacheOption.device("cpu"), CacheOption.detach(true)).keys())
                .isNotEmpty();
        assertThatThrownBy(() -> CacheOption.device("cuda:0"))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("'cuda:0'");
    }
}
