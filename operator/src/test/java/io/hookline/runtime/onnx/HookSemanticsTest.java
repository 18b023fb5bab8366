/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static io.hookline.runtime.onnx.TestEngine.GPT2;
import static io.hookline.runtime.onnx.TestEngine.MINILM;
import static io.hookline.runtime.onnx.TestEngine.TICKETLM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hookline.model.Site;
import io.hookline.program.Io;
import io.hookline.runtime.Capture;
import io.hookline.runtime.RowOutcome;
import io.hookline.schema.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What particular hooks record and change, against plain Java and against other programs. */
final class HookSemanticsTest {
    private static final String OPT = "tiny-opt/model.onnx";
    private static final int[] PROMPT = {11, 205, 37, 512, 99, 640};

    private static TestEngine engine;

    @BeforeAll
    static void open() {
        engine = new TestEngine();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static float[][] rows(Capture capture) {
        float[] all = Bits.floats(capture);
        int width = capture.shape()[capture.shape().length - 1];
        float[][] rows = new float[all.length / width][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(all, row * width, (row + 1) * width);
        }
        return rows;
    }

    /** The capture of a policy. */
    private static Capture of(RowOutcome row, String cache) {
        return row.captures().stream()
                .filter(capture -> capture.cache().equals(cache))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"'all'", "[0, 3, 4]", "'last'"})
    void reductions_ofSelectedPositions_areThoseOfPlainJava(String tokens) {
        String policy =
                "{'name': '%s', 'modules': ['model.model.layers.2'], 'tokens': "
                        + tokens
                        + ", 'reduce': %s}";
        float[] direction = new float[128];
        for (int unit = 0; unit < direction.length; unit++) {
            direction[unit] = (unit % 7) / 3f - 1;
        }
        TestProgram program =
                TestProgram.of(PROMPT, new int[] {5, 6, 7, 8, 9})
                        .cache(policy.formatted("none", "'none'"))
                        .cache(policy.formatted("mean", "'mean'"))
                        .cache(policy.formatted("max", "'max'"))
                        .cache(policy.formatted("norm", "'norm'"))
                        .cache(
                                policy.formatted(
                                        "project",
                                        "{'project': [%s, %s]}"
                                                .formatted(
                                                        Arrays.toString(direction),
                                                        Arrays.toString(new float[128]))));
        for (RowOutcome row : engine.run(TICKETLM, program)) {
            float[][] values = rows(of(row, "none"));
            float[] mean = new float[128];
            float[] max = new float[128];
            Arrays.fill(max, Float.NEGATIVE_INFINITY);
            float[] norm = new float[values.length];
            float[] project = new float[2 * values.length];
            for (int position = 0; position < values.length; position++) {
                double squares = 0;
                double along = 0;
                for (int unit = 0; unit < 128; unit++) {
                    float value = values[position][unit];
                    mean[unit] += value / values.length;
                    max[unit] = Math.max(max[unit], value);
                    squares += value * value;
                    along += value * direction[unit];
                }
                norm[position] = (float) Math.sqrt(squares);
                project[2 * position] = (float) along;
            }
            assertReduced(row, "mean", new int[] {128}, mean);
            assertReduced(row, "max", new int[] {128}, max);
            assertReduced(row, "norm", new int[] {values.length}, norm);
            assertReduced(row, "project", new int[] {values.length, 2}, project);
        }
    }

    private static void assertReduced(RowOutcome row, String name, int[] shape, float[] want) {
        Capture capture = of(row, name);
        assertThat(capture.shape()).as(name).isEqualTo(shape);
        assertThat(capture.reduction()).isEqualTo(name);
        assertThat(Bits.worst(Bits.floats(capture), want)).as(name).isLessThan(1e-5);
    }

    @ParameterizedTest
    @CsvSource({
        "ticketlm/model.onnx, model.model.layers.5",
        "ticketlm/variants/torchscript.onnx, model.model.layers.5",
        "ticketlm/variants/nocache.onnx, model.model.layers.5",
        "gpt2-12/model.onnx, model.transformer.h.11"
    })
    void lens_onTheLastBlock_givesTheModelsOwnLogits(String model, String block) {
        TestProgram program =
                TestProgram.of(PROMPT, new int[] {3, 4, 5, 6})
                        .with("logits", "'all'")
                        .cache("{'modules': ['%s'], 'reduce': {'lens': 5}}".formatted(block));
        for (RowOutcome row : engine.run(model, program)) {
            assertThat(row.captures()).hasSize(2);
            assertLens(row.captures(), row.logits());
        }
    }

    private static void assertLens(List<Capture> lens, float[][] logits) {
        assertThat(lens.get(1).dtype()).isEqualTo(ElementType.INT64);
        assertThat(lens.get(0).point().index()).isZero();
        assertThat(lens.get(1).point().index()).isEqualTo(1);
        ByteBuffer ids = lens.get(1).data().order(ByteOrder.LITTLE_ENDIAN);
        float[] values = Bits.floats(lens.get(0));
        for (int position = 0; position < logits.length; position++) {
            float[] all = logits[position];
            int[] likeliest =
                    IntStream.range(0, all.length)
                            .boxed()
                            .sorted(Comparator.comparing((Integer token) -> -all[token]))
                            .limit(5)
                            .mapToInt(Integer::intValue)
                            .toArray();
            for (int rank = 0; rank < 5; rank++) {
                assertThat(ids.getLong()).isEqualTo(likeliest[rank]);
                assertThat(values[position * 5 + rank])
                        .isCloseTo(all[likeliest[rank]], within(1e-4f));
            }
        }
    }

    @Test
    void lens_onAnEarlierBlock_isTheRunThatSkipsTheRest() {
        TestProgram lens =
                TestProgram.of(PROMPT)
                        .with("logits", "'none'")
                        .cache("{'modules': ['model.model.layers.2'], 'reduce': {'lens': 5}}");
        TestProgram skipping = TestProgram.of(PROMPT).with("logits", "'all'");
        for (int layer = 3; layer < 6; layer++) {
            skipping.edit(
                    "{'at': 'model.model.layers.%d.output', 'op': 'skip', 'with': 'input'}"
                            .formatted(layer));
        }
        assertLens(
                engine.run(TICKETLM, lens).get(0).captures(),
                engine.run(TICKETLM, skipping).get(0).logits());
    }

    @Test
    void lens_ofOneRowInABatch_isNotChangedByEditsOfTheHead() {
        String lens = "{'modules': ['model.model.layers.2'], 'reduce': {'lens': 5}}";
        TestProgram plain = TestProgram.of(PROMPT).cache(lens);
        RowOutcome edited =
                engine.run(
                                TICKETLM,
                                plain.copy().edit("{'at': 'model.lm_head.output', 'op': 'zero'}"))
                        .get(0);
        Bits.assertSameCaptures(edited, engine.run(TICKETLM, plain).get(0), capture -> true);
        assertThat(edited.logits()[0]).containsOnly(0f);
    }

    @Test
    void encoder_withNothingToRecord_completesWithNothing() {
        RowOutcome row = engine.run(MINILM, TestProgram.of(new int[] {101, 7592, 102})).get(0);
        assertThat(row.captures()).isEmpty();
        assertThat(row.logits()).isEmpty();
        assertThat(row.stopped()).isFalse();
    }

    @Test
    void decoder_withNothingToRecord_completesWithNothing() {
        TestProgram program = TestProgram.of(PROMPT).with("logits", "'none'");
        RowOutcome row = engine.run(TICKETLM, program).get(0);
        assertThat(row.captures()).isEmpty();
        assertThat(row.logits()).isEmpty();
    }

    /** Attention to padding stays none, whatever an edit makes of attention. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'op': 'replace', 'value': 0.25",
                "'op': 'add', 'vector': [[[0.1, 0.2, 0.3]], [[0, 0.1, 0]], [[0, 0, 0]], [[0.4, 0, 0]]]",
                "'op': 'clamp', 'min': 0.2",
                "'op': 'project_out', 'direction': [1, 2, 3]",
                "'op': 'lerp', 'to': [1, 0, 0], 'weight': 0.5"
            })
    void attention_ofShortRowBesideLongOne_isEditedAsAlone(String operation) {
        int[] source = {10, 20, 30};
        int[] target = {11, 21, 31, 41, 51, 61, 71};
        for (String model : List.of(TICKETLM, GPT2)) {
            String block = model.equals(GPT2) ? "model.transformer.h.%d" : "model.model.layers.%d";
            String attention = block.formatted(1) + (model.equals(GPT2) ? ".attn" : ".self_attn");
            String edit = "{'at': '%s.attention', %s}".formatted(attention, operation);
            String generate = "{'max_new_tokens': 3, 'eos_token_ids': []}";
            TestProgram alone =
                    TestProgram.of(source)
                            .with("generate", generate)
                            .edit(0, edit)
                            .cache(TestProgram.EVERYTHING);
            TestProgram tied =
                    TestProgram.of(source, target)
                            .with("generate", generate)
                            .edit(0, edit)
                            .edit(
                                    1,
                                    "{'at': '%s.output', 'op': 'patch', 'tokens': [0], 'from': {'invocation': 0}}"
                                            .formatted(block.formatted(3)))
                            .cache(TestProgram.EVERYTHING);
            RowOutcome want = engine.run(model, alone).get(0);
            RowOutcome got = engine.run(model, tied).get(0);
            for (int step = 0; step < 3; step++) {
                assertThat(Bits.worst(got.logits()[step], want.logits()[step])).isLessThan(1e-5);
            }
            for (Capture capture : got.captures()) {
                Capture other = Bits.captures(want).get(Bits.key(capture));
                assertThat(Bits.worst(Bits.floats(capture), Bits.floats(other)))
                        .as(Bits.key(capture))
                        .isLessThan(1e-5);
            }
        }
    }

    @Test
    void attention_ofOneStep_isReplacedByHeadAndKey() {
        float[][] before = attention("'op': 'scale', 'by': 1");
        float[][] after =
                attention(
                        "'op': 'replace', 'steps': 1, 'value': [[[1, 0, 0, 0]], [[0, 1, 0, 0]], [[0, 0, 1, 0]], [[0, 0, 0, 1]]]");
        assertThat(after[0]).isEqualTo(before[0]);
        assertThat(after[1])
                .isEqualTo(new float[] {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1});
        assertThat(before[1]).isNotEqualTo(after[1]);
    }

    /** Attention of block 0 in steps 0 and 1 of a prompt of three tokens. */
    private static float[][] attention(String operation) {
        TestProgram program =
                TestProgram.of(new int[] {10, 20, 30})
                        .with("generate", "{'max_new_tokens': 2, 'eos_token_ids': []}")
                        .edit(
                                "{'at': 'model.model.layers.0.self_attn.attention', %s}"
                                        .formatted(operation))
                        .cache(
                                "{'modules': ['model.model.layers.0.self_attn'], 'include_output': false, 'include_attention': true}");
        return engine.run(TICKETLM, program).get(0).captures().stream()
                .map(Bits::floats)
                .toArray(float[][]::new);
    }

    @Test
    void patches_ofTheSamePointInDifferentSteps_workWithAndWithoutKvCache() {
        String patch =
                "{'at': 'model.model.layers.2.output', 'op': 'patch', 'tokens': 'last', 'steps': %d, 'from': {'invocation': %d}}";
        TestProgram program =
                TestProgram.of(PROMPT, new int[] {9, 8, 7, 6, 5, 4})
                        .with("generate", "{'max_new_tokens': 3, 'eos_token_ids': []}")
                        .edit(0, patch.formatted(0, 1))
                        .edit(1, patch.formatted(1, 0))
                        .cache("{'modules': ['model.model.layers.2']}");
        List<RowOutcome> cached = engine.run(TICKETLM, program);
        List<RowOutcome> recomputed = engine.run("ticketlm/variants/nocache.onnx", program);
        for (int row = 0; row < 2; row++) {
            assertThat(recomputed.get(row).generated()).isEqualTo(cached.get(row).generated());
            for (int step = 0; step < 3; step++) {
                assertThat(
                                Bits.worst(
                                        recomputed.get(row).logits()[step],
                                        cached.get(row).logits()[step]))
                        .isLessThan(1e-4);
            }
        }
        assertThat(rows(step(cached.get(0), 0))[5]).isEqualTo(rows(step(cached.get(1), 0))[5]);
        assertThat(step(cached.get(0), 1).data()).isEqualTo(step(cached.get(1), 1).data());
        assertThat(step(cached.get(0), 2).data()).isNotEqualTo(step(cached.get(1), 2).data());
    }

    /** Without a KV cache the source runs along, also when its own text has ended. */
    @Test
    void patch_ofTheFirstStepWhoseSourceEndsEarlier_worksWithAndWithoutKvCache() {
        TestProgram patched =
                TestProgram.of(PROMPT, new int[] {9, 8, 7, 6}, new int[] {1, 2, 3, 4, 5, 6, 7})
                        .edit(
                                1,
                                "{'at': 'model.model.layers.2.output', 'op': 'patch', 'tokens': [1, 2], 'from': {'invocation': 0, 'tokens': [3, 5]}}")
                        .edit(
                                2,
                                "{'at': 'model.model.layers.4.output', 'op': 'patch', 'tokens': 'last', 'from': {'invocation': 1}}")
                        .cache("{'modules': ['model.model.layers.*']}");
        String generate = "{'max_new_tokens': 5, 'eos_token_ids': %s}";
        int[] first =
                engine.run(TICKETLM, patched.copy().with("generate", generate.formatted("[]")))
                        .get(0)
                        .generated();
        for (String eos : List.of("[]", "[%d]".formatted(first[0]), "[%d]".formatted(first[2]))) {
            TestProgram program = patched.copy().with("generate", generate.formatted(eos));
            List<RowOutcome> cached = engine.run(TICKETLM, program);
            List<RowOutcome> recomputed = engine.run("ticketlm/variants/nocache.onnx", program);
            for (int row = 0; row < 3; row++) {
                assertThat(recomputed.get(row).generated()).isEqualTo(cached.get(row).generated());
                assertSameWithin(recomputed.get(row).captures(), cached.get(row).captures());
            }
        }
    }

    /** The rows of OPT's MLP lie as {@code [batch × tokens, width]}, those of its blocks don't. */
    @ParameterizedTest
    @CsvSource({"FLAT, SEQUENCE", "SEQUENCE, FLAT"})
    void patch_betweenValuesThatLieInDifferentWays_takesTheSamePositions(
            Site.Layout from, Site.Layout to) {
        Site source = site(from, -1);
        Site target = site(to, source.order());
        assertThat(target.width()).isEqualTo(source.width());
        TestProgram program =
                TestProgram.of(new int[] {11, 20, 37, 51, 90, 64}, new int[] {9, 8, 7, 6})
                        .edit(
                                1,
                                "{'at': '%s', 'op': 'patch', 'tokens': [0, 2], 'from': {'invocation': 0, 'at': '%s', 'tokens': [5, 1]}}"
                                        .formatted(target.point(), source.point()))
                        .cache(inputs(source))
                        .cache(inputs(target));
        List<RowOutcome> rows = engine.run(OPT, program);
        float[][] taken = rows(of(rows.get(0), "0"));
        float[][] edited = rows(of(rows.get(1), "1"));
        assertThat(edited[0]).isEqualTo(taken[5]);
        assertThat(edited[2]).isEqualTo(taken[1]);
        assertThat(edited[1]).isNotEqualTo(taken[1]);
    }

    /** The first module's input behind another that lies so. */
    private static Site site(Site.Layout layout, int behind) {
        return engine.sites(OPT).stream()
                .filter(site -> site.layout() == layout && site.order() > behind)
                .filter(site -> site.point().io() == Io.INPUT)
                .findFirst()
                .orElseThrow();
    }

    private static String inputs(Site site) {
        return "{'modules': ['%s'], 'include_output': false, 'include_inputs': true}"
                .formatted(site.point().module());
    }

    private static void assertSameWithin(List<Capture> actual, List<Capture> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int at = 0; at < actual.size(); at++) {
            assertThat(Bits.key(actual.get(at))).isEqualTo(Bits.key(expected.get(at)));
            assertThat(Bits.worst(Bits.floats(actual.get(at)), Bits.floats(expected.get(at))))
                    .as(Bits.key(actual.get(at)))
                    .isLessThan(1e-4);
        }
    }

    private static Capture step(RowOutcome row, int step) {
        return row.captures().get(step);
    }

    @Test
    void skip_withTensorAndLaterEdit_editsTheTensor() {
        TestProgram program =
                TestProgram.of(PROMPT)
                        .edit("{'at': 'model.model.layers.2.output', 'op': 'add', 'vector': 1}")
                        .edit("{'at': 'model.model.layers.2.output', 'op': 'skip', 'with': 0.5}")
                        .cache("{'modules': ['model.model.layers.2']}");
        assertThat(Bits.floats(engine.run(TICKETLM, program).get(0).captures().get(0)))
                .containsOnly(1.5f);
    }

    @Test
    void projectOut_ofBroadcastDirection_leavesNothingAlongIt() {
        TestProgram program =
                TestProgram.of(PROMPT)
                        .edit(
                                "{'at': 'model.model.layers.2.output', 'op': 'project_out', 'direction': 3}")
                        .cache("{'modules': ['model.model.layers.2'], 'stage': 'both'}");
        List<Capture> staged = engine.run(TICKETLM, program).get(0).captures();
        float[][] before = rows(staged.get(0));
        float[][] after = rows(staged.get(1));
        for (int position = 0; position < PROMPT.length; position++) {
            float mean = mean(before[position]);
            for (int unit = 0; unit < 128; unit++) {
                assertThat(after[position][unit])
                        .isCloseTo(before[position][unit] - mean, within(1e-5f));
            }
        }
    }

    private static float mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return (float) (sum / values.length);
    }
}
