/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.CacheOption.includeInputs;
import static io.hookline.trace.CacheOption.modules;
import static io.hookline.trace.Selector.first;
import static io.hookline.trace.Selector.last;
import static io.hookline.trace.Selector.positions;
import static io.hookline.trace.Selector.range;
import static io.hookline.trace.Selector.unitRange;
import static io.hookline.trace.Selector.units;
import static io.hookline.trace.Tensors.assertClose;
import static io.hookline.trace.Tensors.assertDiffers;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Programs that researchers write give the numbers that nnsight gives for them in PyTorch. */
class NnsightProgramsTest {
    private static final Path REFERENCE = Path.of("src/test/resources/nnsight");
    private static final String A = "Ticket from Anna: Hello, my blue kettle";
    private static final String B = "Ticket from Hugo: I am furious!";
    private static final double CLOSE = 2e-3;

    private final LanguageModel model = TestedModel.TICKETLM.model();
    private final int[] clean = model.encode(A);
    private final int[] corrupted = corrupted(clean, model.encode(B));
    private final Tensor direction = direction();

    private static int[] corrupted(int[] clean, int[] other) {
        int[] tokens = clean.clone();
        tokens[3] = other[3];
        tokens[5] = 55;
        return tokens;
    }

    private static Tensor direction() {
        float[] values = new float[128];
        for (int i = 0; i < values.length; i++) {
            values[i] = -1 + 2f * i / (values.length - 1);
        }
        return Tensor.vector(values);
    }

    private static Tensor reference(String name) throws IOException {
        int[] shape =
                Arrays.stream(
                                Files.readString(REFERENCE.resolve(name + ".shape"))
                                        .strip()
                                        .split(" "))
                        .mapToInt(Integer::parseInt)
                        .toArray();
        ByteBuffer data = ByteBuffer.wrap(Files.readAllBytes(REFERENCE.resolve(name + ".f32")));
        float[] values = new float[data.remaining() / Float.BYTES];
        data.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return Tensor.of(shape, values);
    }

    private static void assertIsReference(Tensor actual, String name) throws IOException {
        Tensor expected = reference(name);
        assertThat(actual.size()).as(name).isEqualTo(expected.size());
        assertClose(actual.reshape(expected.shape()), expected, CLOSE);
    }

    private static void assertAreReference(List<Tensor> actual, String name) throws IOException {
        assertIsReference(Tensor.concat(1, actual), name);
    }

    private static Envoy block(Mediator t, int index) {
        return t.module("model.layers").at(index);
    }

    private static void saveLast(Mediator t, String name) {
        t.save(name, t.module("lm_head").output().at(last()));
    }

    @Test
    void head_patched() throws IOException {
        TraceResult result =
                model.trace(
                        tracer -> {
                            Barrier barrier = tracer.barrier(2);
                            tracer.invoke(
                                    clean,
                                    t -> {
                                        Envoy projection = block(t, 2).module("self_attn.o_proj");
                                        t.share("head", projection.input().at(unitRange(32, 64)));
                                        barrier.await();
                                    });
                            tracer.invoke(
                                    corrupted,
                                    t -> {
                                        barrier.await();
                                        Envoy projection = block(t, 2).module("self_attn.o_proj");
                                        projection.input().set(unitRange(32, 64), t.shared("head"));
                                        saveLast(t, "logits");
                                    });
                        });

        assertIsReference(result.saved("logits"), "head");
    }

    @Test
    void logitLens_ofEveryBlock() throws IOException {
        List<Tensor> likeliest = new ArrayList<>();
        model.trace(
                clean,
                t -> {
                    Envoy norm = t.module("model.norm");
                    Envoy head = t.module("lm_head");
                    for (Envoy block : t.module("model.layers").children()) {
                        likeliest.add(head.call(norm.call(block.output())).argmax());
                    }
                });

        assertIsReference(Tensor.concat(0, likeliest), "lens");
    }

    @Test
    void activations_patchedOneByOne() throws IOException {
        List<Tensor> of = new ArrayList<>();
        TraceResult run =
                model.trace(
                        clean,
                        t -> {
                            for (Envoy block : t.module("model.layers").children()) {
                                of.add(block.output().save());
                            }
                            saveLast(t, "logits");
                        });
        int[] two = run.saved("logits").topk(2).toInts();
        List<Float> differences = new ArrayList<>();
        for (int layer = 0; layer < 6; layer++) {
            for (int position = 0; position < clean.length; position++) {
                Selector here = positions(position);
                Tensor patch = of.get(layer).at(here);
                int at = layer;
                TraceResult patched =
                        model.trace(
                                corrupted,
                                t -> {
                                    block(t, at).output().set(here, patch);
                                    saveLast(t, "logits");
                                });
                Tensor logits = patched.saved("logits");
                differences.add(logits.get(0, 0, two[0]) - logits.get(0, 0, two[1]));
            }
        }

        assertThat(two).isEqualTo(reference("sweep-ids").toInts());
        float[] all = new float[differences.size()];
        IntStream.range(0, all.length).forEach(i -> all[i] = differences.get(i));
        assertIsReference(Tensor.vector(all), "sweep");
    }

    @Test
    void generation_steeredAtSomeSteps() throws IOException {
        List<Tensor> logits = new ArrayList<>();
        TraceResult result =
                model.generate(
                        IterationTest.endless(6),
                        A,
                        t -> {
                            for (int unused : t.iter(1, 4)) {
                                Envoy block = block(t, 3);
                                block.output(block.output().plus(direction.times(2)));
                                logits.add(t.module("lm_head").output().at(last()).save());
                            }
                        });

        assertAreReference(logits, "steer");
        assertThat(result.tokens(0)).isEqualTo(reference("steer-ids").toInts());
    }

    @Test
    void embedding_handedOverBetweenPrompts() throws IOException {
        TraceResult result =
                model.trace(
                        tracer -> {
                            Barrier barrier = tracer.barrier(2);
                            tracer.invoke(
                                    A,
                                    t -> {
                                        Tensor all = t.module("model.embed_tokens").output();
                                        t.share("embedding", all.at(last()));
                                        barrier.await();
                                    });
                            tracer.invoke(
                                    B,
                                    t -> {
                                        barrier.await();
                                        t.module("model.embed_tokens")
                                                .output()
                                                .set(last(), t.shared("embedding"));
                                        saveLast(t, "logits");
                                    });
                        });

        assertIsReference(result.saved("logits"), "barrier");
    }

    @Test
    void everyStep_cached() throws IOException {
        CacheDict[] cache = new CacheDict[1];
        model.generate(
                IterationTest.endless(4),
                A,
                t ->
                        cache[0] =
                                t.cache(
                                        modules(block(t, 1)),
                                        modules("model.model.layers.4.mlp"),
                                        includeInputs(true)));

        assertAreReference(cache[0].get("model.model.layers.4.mlp").outputs(), "stepcache");
        CacheDict view = cache[0].child("model").child("model").child("layers").at(1);
        assertAreReference(view.entries().stream().map(Entry::input).toList(), "stepcache-in");
    }

    @Test
    void edits_storedTwice() throws IOException {
        LanguageModel edited =
                model.edit(t -> block(t, 1).module("mlp").output().set(Selector.all(), 0))
                        .edit(
                                t -> {
                                    Envoy block = block(t, 4);
                                    block.output(block.output().times(1.5));
                                });

        TraceResult result = edited.trace(A, t -> saveLast(t, "logits"));

        assertIsReference(result.saved("logits"), "edits");
    }

    @Test
    void session_ofTwoTraces() throws IOException {
        Tensor[] logits = new Tensor[1];
        model.session(
                session -> {
                    session.trace(A, t -> t.share("last", block(t, 2).output().at(last()).mean(0)));
                    TraceResult second =
                            session.trace(
                                    B,
                                    t -> {
                                        block(t, 2).output().set(last(), t.shared("last"));
                                        saveLast(t, "logits");
                                    });
                    logits[0] = second.saved("logits");
                });

        assertIsReference(logits[0], "session");
    }

    @Test
    void twoBlocks_skipped() throws IOException {
        TraceResult result =
                model.trace(
                        A,
                        t -> {
                            block(t, 2).skip(block(t, 2).input());
                            block(t, 3).skip(block(t, 3).input().times(0.5));
                            saveLast(t, "logits");
                        });

        assertIsReference(result.saved("logits"), "skip");
    }

    @Test
    void run_stoppedEarly() throws IOException {
        CacheDict[] cache = new CacheDict[1];
        model.trace(
                A,
                t -> {
                    cache[0] = t.cache();
                    block(t, 2).module("mlp").output().save();
                    t.stop();
                });

        assertIsReference(cache[0].get("model.layers.2.mlp").output(), "stop");
        assertThat(cache[0].keys()).doesNotContain("model.model.layers.2", "model.lm_head");
    }

    @Test
    void steps_fromOneOn() throws IOException {
        List<Tensor> read = new ArrayList<>();
        model.generate(
                IterationTest.endless(5),
                A,
                t -> {
                    for (int unused : t.iterFrom(2)) {
                        read.add(block(t, 0).output().save());
                    }
                });

        assertAreReference(read, "open");
    }

    @Test
    void slices_writtenInPlace() throws IOException {
        int[] even = IntStream.range(0, 192).map(i -> 2 * i).toArray();
        TraceResult result =
                model.trace(
                        A,
                        t -> {
                            Tensor hidden = block(t, 1).output();
                            hidden.set(range(2, 5).andUnits(7), 3);
                            hidden.set(
                                    last().andUnitRange(10, 20),
                                    hidden.at(first().andUnitRange(10, 20)));
                            block(t, 2).module("mlp.down_proj").input().set(units(even), 0);
                            saveLast(t, "logits");
                        });

        assertIsReference(result.saved("logits"), "slices");
    }

    @Test
    void module_ablatedToItsMean() throws IOException {
        TraceResult result =
                model.trace(
                        A,
                        t -> {
                            Tensor out = block(t, 3).module("mlp").output();
                            out.set(out.mean(1));
                            saveLast(t, "logits");
                        });

        assertIsReference(result.saved("logits"), "mean");
    }

    @Test
    void attentionProbabilities_read() throws IOException {
        TraceResult result =
                model.trace(A, t -> t.save("a", block(t, 2).module("self_attn").attention()));

        assertIsReference(result.saved("a"), "attn");
    }

    @Test
    void inputsAndOutputs_read() throws IOException {
        TraceResult result =
                model.trace(
                        A,
                        t -> {
                            t.save("q", block(t, 2).module("self_attn.q_proj").output());
                            t.save("kin", block(t, 2).module("self_attn.k_proj").input());
                            t.save("mlp", block(t, 2).module("mlp").inputs().args().get(0));
                            t.save("act", block(t, 2).module("mlp.act_fn").output());
                            t.save("logits", t.root().output().at(last()));
                        });

        for (String name : List.of("q", "kin", "mlp", "act", "logits")) {
            assertIsReference(result.saved(name), "io-" + name);
        }
    }

    @Test
    void tokens_streamed() throws IOException {
        List<Integer> streamed = new ArrayList<>();
        model.generate(
                IterationTest.endless(5),
                A,
                t -> {
                    for (int unused : t.iter(0, 5)) {
                        Arrays.stream(t.streamed().toInts()).forEach(streamed::add);
                    }
                });

        int[] expected = reference("stream").toInts();
        assertThat(streamed).containsExactlyElementsOf(Arrays.stream(expected).boxed().toList());
    }

    @Test
    void direction_projectedOutEverywhere() throws IOException {
        Tensor unit = direction.dividedBy(direction.norm());
        List<Tensor> logits = new ArrayList<>();
        TraceResult result =
                model.generate(
                        IterationTest.endless(6),
                        A,
                        t -> {
                            for (int unused : t.all()) {
                                for (Envoy block : t.module("model.layers").children()) {
                                    Tensor hidden = block.output();
                                    Tensor along = hidden.dot(unit);
                                    int[] column = {1, along.size(), 1};
                                    block.output(hidden.minus(along.reshape(column).times(unit)));
                                }
                                logits.add(t.module("lm_head").output().at(last()).save());
                            }
                        });

        assertAreReference(logits, "project");
        assertDiffers(logits.get(0), model.trace(A, t -> saveLast(t, "logits")).saved("logits"));
        assertThat(result.text(0)).isEqualTo(model.decode(result.generated(0))).isNotBlank();
    }

    @Test
    void threeBlocks_besideEachOther() throws IOException {
        TraceResult result =
                model.trace(
                        tracer -> {
                            tracer.invoke(
                                    clean,
                                    t -> {
                                        Tensor hidden = block(t, 0).output();
                                        if (hidden.reshape(hidden.size()).norm().item() > 1) {
                                            block(t, 4)
                                                    .module("self_attn.o_proj")
                                                    .output()
                                                    .set(Selector.from(1), 0);
                                        }
                                        saveLast(t, "a");
                                    });
                            tracer.invoke(
                                    corrupted,
                                    t -> {
                                        Envoy projection = block(t, 4).module("self_attn.o_proj");
                                        projection.input(projection.input().times(0.25));
                                        saveLast(t, "b");
                                    });
                            tracer.invoke(t -> t.save("all", block(t, 5).output().at(last())));
                        });

        assertIsReference(result.saved("a"), "multi-a");
        assertIsReference(result.saved("b"), "multi-b");
        assertIsReference(result.saved("all"), "multi-all");
    }

    @Test
    void allRows_changedAtSomeSteps() throws IOException {
        TraceResult result =
                model.generate(
                        IterationTest.endless(4),
                        tracer -> {
                            tracer.invoke(clean, t -> {});
                            tracer.invoke(corrupted, t -> {});
                            tracer.invoke(
                                    t -> {
                                        for (int unused : t.iter(1, 3)) {
                                            Tensor hidden = block(t, 2).output();
                                            hidden.set(hidden.times(1.5));
                                        }
                                    });
                            tracer.invoke(t -> t.save("ids", t.result()));
                        });

        assertThat(result.saved("ids").toInts()).isEqualTo(reference("allrows").toInts());
    }

    @Test
    void module_calledOnAnotherValue() throws IOException {
        TraceResult result =
                model.trace(
                        A,
                        t -> {
                            Tensor called = block(t, 3).module("mlp").call(block(t, 1).output());
                            t.save("y", called);
                            t.save("z", t.module("model.norm").call(called));
                        });

        assertIsReference(result.saved("y"), "adhoc");
        assertIsReference(result.saved("z"), "adhoc-norm");
    }

    @Test
    void modules_renamed() throws IOException {
        LanguageModel names = model.rename(Map.of("model.layers", "blocks", "mlp", "ffn"));
        TraceResult result =
                names.trace(
                        A,
                        t -> {
                            Envoy ffn = t.module("blocks").at(1).module("ffn");
                            assertThat(ffn.alias()).isEqualTo("model.blocks.1.ffn");
                            ffn.output().set(first(), 1);
                            saveLast(t, "logits");
                        });

        assertIsReference(result.saved("logits"), "rename");
        assertDiffers(
                result.saved("logits"), model.trace(A, t -> saveLast(t, "logits")).saved("logits"));
    }
}
