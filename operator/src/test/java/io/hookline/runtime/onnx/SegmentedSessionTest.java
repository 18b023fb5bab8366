/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.graph.SegmentCompiler;
import io.hookline.graph.SegmentedPlan;
import io.hookline.model.Site;
import io.hookline.model.TestModels;
import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.program.Io;
import io.hookline.runtime.HostTensor;
import io.hookline.runtime.PassCuts;
import io.hookline.runtime.PassEngine.KvCache;
import io.hookline.runtime.PassEngine.Output;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.PassInterrupt;
import io.hookline.runtime.PassInterrupt.CutValue;
import io.hookline.runtime.onnx.PassFixture.Tokens;
import io.hookline.schema.ElementType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Scanner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Code in the middle of a pass: what it sees, what it changes, and that nothing of it stays. */
final class SegmentedSessionTest {
    private static final Tokens TOKENS =
            Tokens.of(new int[] {31, 5, 77, 12}, new int[] {8, 9, 10, 11});
    private static final PassInterrupt NOTHING = value -> Optional.empty();

    @TempDir static Path cache;
    private static PassFixture model;

    @BeforeAll
    static void open() {
        model = PassFixture.open(TestModels.path("ticketlm/model.onnx"), cache);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static Site output(String module) {
        return model.site("model.model." + module, Io.OUTPUT);
    }

    private static Structure logits() {
        return model.taps(List.of(), LogitsTap.LAST);
    }

    private static SegmentedPlan compiled(Site... cuts) {
        return new SegmentCompiler(model.canonical()).compile(logits(), List.of(cuts));
    }

    private static float[] floats(Output output) {
        float[] values = new float[output.data().remaining() / Float.BYTES];
        output.data().asFloatBuffer().get(values);
        return values;
    }

    @Test
    void compile_parallelCuts_shareABoundary() {
        SegmentedPlan plan =
                compiled(
                        output("layers.1.self_attn.q_proj"),
                        output("layers.1.self_attn.k_proj"),
                        output("layers.1.self_attn.v_proj"),
                        output("layers.2"));
        assertThat(plan.segments()).hasSize(3);
        assertThat(plan.cuts()).extracting(SegmentedPlan.Cut::after).containsExactly(0, 0, 0, 1);
    }

    @Test
    void compile_cuts_handOnLittleMoreThanTheirValues() {
        SegmentedPlan plan = compiled(output("layers.1"), output("layers.3"));
        List<String> resumed =
                plan.segments().get(1).inputs().stream()
                        .filter(name -> name.startsWith("hl/resumed/"))
                        .toList();
        assertThat(resumed).hasSize(1);
        // Masks, rotations and lengths are made once, in front.
        assertThat(plan.segments().get(0).outputs()).hasSizeLessThan(12);
        assertThat(plan.segments().get(1).outputs()).hasSize(1);
    }

    @Test
    void compile_cutBeforeOneThatItDependsOn_isRefused() {
        assertThatThrownBy(() -> compiled(output("layers.4"), output("layers.1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "code can't wait at 'model.model.layers.4.output' before"
                                + " 'model.model.layers.1.output', which it is computed from");
    }

    @Test
    void compile_siteTwice_isRefused() {
        assertThatThrownBy(() -> compiled(output("layers.4"), output("layers.4")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cuts_outOfForwardOrder_areRefused() {
        assertThatThrownBy(
                        () ->
                                new PassCuts(
                                        List.of(output("layers.4"), output("layers.1")), NOTHING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("forward order");
    }

    @Test
    void run_severalStepsWithKvCache_generatesAsUncut() throws Exception {
        List<Site> cuts =
                List.of(
                        output("embed_tokens"),
                        output("layers.0.self_attn.k_proj"),
                        model.site("model.model.layers.3.self_attn", Io.ATTENTION),
                        output("layers.5"));
        float[][] uncut = generated(PassCuts.NONE);
        assertThat(uncut[1]).isNotEqualTo(uncut[2]);
        assertThat(Arrays.deepEquals(generated(new PassCuts(cuts, NOTHING)), uncut)).isTrue();
    }

    @Test
    void run_replacedKeys_stayInTheKvCache() throws Exception {
        Site keys = output("layers.2.self_attn.k_proj");
        PassInterrupt flipped = value -> Optional.of(value.replacement(negated(value.floats())));
        PassResult first =
                model.engine()
                        .run(
                                model.request(model.continuing(List.of()), TOKENS),
                                new PassCuts(List.of(keys), flipped));
        PassResult plain = model.engine().run(model.request(model.continuing(List.of()), TOKENS));
        try (KvCache edited = first.cache().orElseThrow();
                KvCache unedited = plain.cache().orElseThrow()) {
            assertThat(next(edited)).isNotEqualTo(next(unedited));
        }
    }

    private static float[] next(KvCache cache) throws Exception {
        Tokens tokens = new Tokens(new int[][] {{7}, {7}}, TOKENS.length(), Optional.of(cache));
        return floats(model.engine().run(model.request(logits(), tokens)).logits().orElseThrow());
    }

    private static float[] negated(float[] values) {
        float[] negated = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            negated[i] = -values[i];
        }
        return negated;
    }

    /** Logits of four greedy steps. */
    private static float[][] generated(PassCuts cuts) throws Exception {
        float[][] logits = new float[4][];
        Tokens tokens = TOKENS;
        for (int step = 0; step < logits.length; step++) {
            PassResult result =
                    model.engine().run(model.request(model.continuing(List.of()), tokens), cuts);
            tokens.cache().ifPresent(KvCache::close);
            float[] values = floats(result.logits().orElseThrow());
            logits[step] = values;
            int width = values.length / 2;
            int[][] next = {
                {largest(Arrays.copyOf(values, width))},
                {largest(Arrays.copyOfRange(values, width, 2 * width))}
            };
            tokens = new Tokens(next, TOKENS.length() + step, result.cache());
        }
        tokens.cache().ifPresent(KvCache::close);
        return logits;
    }

    private static int largest(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    @Test
    void replacement_ofANormsInput_leavesTheResidualAlone() throws Exception {
        Site norm = model.site("model.model.layers.2.input_layernorm", Io.INPUT);
        Site residual = model.site("model.model.layers.2.post_attention_layernorm", Io.INPUT);
        Site attention = output("layers.2.self_attn");
        Structure structure = model.taps(List.of(attention, residual), LogitsTap.NONE);
        float[][] h = new float[1][];
        PassResult result =
                model.engine()
                        .run(
                                model.request(structure, TOKENS),
                                new PassCuts(
                                        List.of(norm),
                                        value -> {
                                            h[0] = value.floats();
                                            float[] other = new float[h[0].length];
                                            Arrays.fill(other, 0.5f);
                                            return Optional.of(value.replacement(other));
                                        }));
        float[] made = floats(result.taps().get(0));
        float[] sum = floats(result.taps().get(1));
        for (int i = 0; i < sum.length; i++) {
            assertThat(sum[i]).isEqualTo(h[0][i] + made[i]);
        }
        assertThat(made)
                .isNotEqualTo(
                        floats(model.engine().run(model.request(structure, TOKENS)).taps().get(0)));
    }

    @Test
    void code_atTwoSitesOfOneTensor_seesWhatTheFirstLeaves() throws Exception {
        Site output = output("layers.1");
        Site input = model.site("model.model.layers.2", Io.INPUT);
        assertThat(input.tensor()).isEqualTo(output.tensor());
        List<float[]> seen = new ArrayList<>();
        model.engine()
                .run(
                        model.request(logits(), TOKENS),
                        new PassCuts(
                                List.of(output, input),
                                value -> {
                                    seen.add(value.floats());
                                    float[] other = new float[value.floats().length];
                                    Arrays.fill(other, seen.size());
                                    return Optional.of(value.replacement(other));
                                }));
        assertThat(seen).hasSize(2);
        assertThat(seen.get(1)).containsOnly(1f);
        assertThat(compiled(output, input).segments()).hasSize(2);
    }

    @Test
    void code_behindEverythingThatIsWanted_isStillRun() throws Exception {
        List<Site> visited = new ArrayList<>();
        Structure nothing = model.taps(List.of(), LogitsTap.NONE);
        model.engine()
                .run(
                        model.request(nothing, TOKENS),
                        new PassCuts(
                                List.of(output("layers.0")),
                                value -> {
                                    visited.add(value.site());
                                    assertThat(value.shape()).containsExactly(2, 4, 128);
                                    return Optional.empty();
                                }));
        assertThat(visited).containsExactly(output("layers.0"));
    }

    @Test
    void value_readAfterItsCodeHasReturned_isRefused() throws Exception {
        List<CutValue> kept = new ArrayList<>();
        model.engine()
                .run(
                        model.request(logits(), TOKENS),
                        new PassCuts(
                                List.of(output("layers.0")),
                                value -> {
                                    kept.add(value);
                                    return Optional.empty();
                                }));
        assertThatThrownBy(() -> kept.get(0).floats())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("model.model.layers.0.output");
    }

    @Test
    void replacement_ofAnotherShapeOrType_isRefused() {
        long[] shape = {2, 3, 128};
        long[] right = {2, 4, 128};
        assertThatThrownBy(
                        () ->
                                run(
                                        HostTensor.ofFloats(
                                                "x", ElementType.FLOAT32, shape, new float[768])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the value at 'model.model.layers.0.output' is float32 [2, 4, 128] and"
                                + " can't be replaced by float32 [2, 3, 128]");
        assertThatThrownBy(
                        () ->
                                run(
                                        HostTensor.ofFloats(
                                                "x", ElementType.FLOAT16, right, new float[1024])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("float16");
    }

    private static PassResult run(HostTensor replacement) throws Exception {
        return model.engine()
                .run(
                        model.request(logits(), TOKENS),
                        new PassCuts(
                                List.of(output("layers.0")), value -> Optional.of(replacement)));
    }

    @Test
    void code_thatThrows_endsThePassAndLeavesNoMemory() throws Exception {
        int[][] ids = new int[16][];
        Arrays.setAll(ids, row -> new Random(row).ints(128, 10, 1000).toArray());
        PassRequest request = model.request(logits(), Tokens.of(ids));
        IllegalStateException thrown = new IllegalStateException("enough");
        HostTensor zeros =
                HostTensor.ofFloats(
                        "zeros",
                        ElementType.FLOAT32,
                        new long[] {16, 128, 128},
                        new float[16 * 128 * 128]);
        PassCuts cuts =
                new PassCuts(
                        List.of(
                                output("embed_tokens"),
                                model.site("model.model.layers.0.input_layernorm", Io.INPUT)),
                        value -> {
                            if (value.site().equals(output("embed_tokens"))) {
                                return Optional.of(zeros);
                            }
                            throw thrown;
                        });
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> model.engine().run(request, cuts)).isSameAs(thrown);
        }
        long before = residentMegabytes();
        for (int i = 0; i < 400; i++) {
            assertThatThrownBy(() -> model.engine().run(request, cuts)).isSameAs(thrown);
        }
        // Each pass has at least three tensors of a megabyte.
        assertThat(residentMegabytes() - before).isLessThan(500);
        assertThat(model.engine().run(request).logits()).isPresent();
    }

    private static long residentMegabytes() throws Exception {
        Path status = Path.of("/proc/self/statm");
        if (!Files.isReadable(status)) {
            return 0;
        }
        System.gc();
        try (Scanner pages = new Scanner(Files.readString(status))) {
            pages.nextLong();
            return pages.nextLong() * 4096 / (1 << 20);
        }
    }
}
