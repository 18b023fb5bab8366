/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static io.hookline.runtime.onnx.TestEngine.GPT2;
import static io.hookline.runtime.onnx.TestEngine.MINILM;
import static io.hookline.runtime.onnx.TestEngine.TICKETLM;
import static io.hookline.runtime.onnx.TestProgram.EVERYTHING;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.model.Site;
import io.hookline.model.Site.Layout;
import io.hookline.program.Io;
import io.hookline.runtime.Capture;
import io.hookline.runtime.RowOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * What hooks leave alone stays as it is, bit for bit, and what they change is changed: on random
 * sites, programs and batches of real models.
 */
@PropertyDefaults(tries = 10, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
final class ExactnessProperties {
    private static TestEngine engine;

    @BeforeContainer
    static void open() {
        engine = new TestEngine();
    }

    @AfterContainer
    static void close() {
        engine.close();
    }

    @Provide
    Arbitrary<String> models() {
        return Arbitraries.frequency(
                net.jqwik.api.Tuple.of(4, TICKETLM),
                net.jqwik.api.Tuple.of(4, GPT2),
                net.jqwik.api.Tuple.of(1, MINILM));
    }

    @Provide
    Arbitrary<String> decoders() {
        return Arbitraries.of(TICKETLM, GPT2);
    }

    private static RandomPrograms draw(String model, long seed) {
        return new RandomPrograms(seed, engine, model);
    }

    /** Prompts of one or several lengths. */
    private static int[][] mixed(RandomPrograms draw) {
        int[][] prompts = new int[draw.between(1, 4)][];
        int length = draw.between(2, 12);
        for (int i = 0; i < prompts.length; i++) {
            prompts[i] = draw.prompt(draw.chance(0.5) ? length : draw.between(1, 12));
        }
        return prompts;
    }

    @Property
    void taps_ofAnyHookPoints_leaveLogitsAndEachOtherAlone(
            @ForAll("models") String model, @ForAll long seed) {
        RandomPrograms draw = draw(model, seed);
        TestProgram plain = TestProgram.of(mixed(draw)).with("logits", "'all'");
        List<RowOutcome> untapped = engine.run(model, plain);
        List<RowOutcome> tapped = engine.run(model, plain.copy().cache(EVERYTHING));
        TestProgram some = plain.copy();
        for (int i = 0; i < 3; i++) {
            some.cache(policy(draw.site()).put("name", "0").put("tokens", "all"));
        }
        List<RowOutcome> subset = engine.run(model, some);
        for (int row = 0; row < untapped.size(); row++) {
            Bits.assertSameLogits(tapped.get(row), untapped.get(row));
            Bits.assertSameLogits(subset.get(row), untapped.get(row));
            assertThat(subset.get(row).captures()).isNotEmpty();
            for (Capture capture : subset.get(row).captures()) {
                Capture same = Bits.captures(tapped.get(row)).get(Bits.key(capture));
                assertThat(capture.data()).as(Bits.key(capture)).isEqualTo(same.data());
            }
        }
    }

    private static ObjectNode policy(Site site) {
        ObjectNode policy = TestProgram.JSON.createObjectNode();
        policy.putArray("modules").add(site.point().module());
        Io io = site.point().io();
        return policy.put("include_output", io == Io.OUTPUT)
                .put("include_inputs", io == Io.INPUT)
                .put("include_attention", io == Io.ATTENTION);
    }

    @Property
    void edit_ofOneRow_changesItAndNoOther(@ForAll("models") String model, @ForAll long seed) {
        RandomPrograms draw = draw(model, seed);
        TestProgram plain =
                TestProgram.of(draw.prompts(draw.between(2, 4), draw.between(2, 10)))
                        .cache(EVERYTHING);
        Site site = draw.site();
        List<RowOutcome> unedited = engine.run(model, plain);
        int row = draw.between(0, unedited.size() - 1);
        List<RowOutcome> edited = engine.run(model, plain.copy().edit(row, draw.edit(site)));
        for (int other = 0; other < unedited.size(); other++) {
            if (other != row) {
                Bits.assertSame(edited.get(other), unedited.get(other));
            }
        }
        String point = site.point().toString();
        assertThat(Bits.at(edited.get(row), point).data())
                .as("edited value")
                .isNotEqualTo(Bits.at(unedited.get(row), point).data());
    }

    @Property
    void edit_ofTheResidual_reachesTheLogits(@ForAll("decoders") String model, @ForAll long seed) {
        RandomPrograms draw = draw(model, seed);
        TestProgram plain = TestProgram.of(draw.prompts(2, draw.between(2, 10)));
        Site site = draw.of(blocks(model));
        List<RowOutcome> unedited = engine.run(model, plain);
        List<RowOutcome> edited = engine.run(model, plain.copy().edit(1, draw.edit(site)));
        Bits.assertSame(edited.get(0), unedited.get(0));
        assertThat(edited.get(1).logits()[0]).isNotEqualTo(unedited.get(1).logits()[0]);
    }

    /** Outputs of the blocks. */
    private static List<Site> blocks(String model) {
        return engine.sites(model).stream()
                .filter(site -> site.point().toString().matches(".*\\.(layers|h)\\.\\d+\\.output"))
                .toList();
    }

    @Property
    void edit_ofSomeTokensAndUnits_changesThoseAlone(
            @ForAll("decoders") String model, @ForAll long seed) {
        RandomPrograms draw = draw(model, seed);
        int length = draw.between(3, 12);
        TestProgram plain =
                TestProgram.of(draw.prompts(2, length)).cache(EVERYTHING).with("logits", "'all'");
        Site site = draw.site();
        int first = draw.between(1, length - 1);
        ObjectNode edit = draw.edit(site);
        edit.putArray("tokens").add(first);
        boolean units = site.layout() != Layout.ATTENTION && draw.chance(0.5);
        int unit = units ? draw.between(0, site.width() - 1) : -1;
        if (units) {
            edit.putArray("units").add(unit);
        }
        RowOutcome unedited = engine.run(model, plain).get(0);
        RowOutcome edited = engine.run(model, plain.copy().edit(0, edit)).get(0);
        for (int token = 0; token < first; token++) {
            assertThat(edited.logits()[token]).isEqualTo(unedited.logits()[token]);
            assertSameUpTo(edited, unedited, token);
        }
        assertChanged(
                Bits.at(edited, site.point().toString()),
                Bits.at(unedited, site.point().toString()),
                first,
                unit);
    }

    private static void assertSameUpTo(RowOutcome edited, RowOutcome unedited, int token) {
        for (Capture capture : edited.captures()) {
            Capture same = Bits.captures(unedited).get(Bits.key(capture));
            assertThat(ofToken(capture, token))
                    .as(Bits.key(capture))
                    .isEqualTo(ofToken(same, token));
        }
    }

    /** The values of one position. */
    private static float[] ofToken(Capture capture, int token) {
        float[] all = Bits.floats(capture);
        int[] shape = capture.shape();
        if (shape.length == 2) {
            return Arrays.copyOfRange(all, token * shape[1], (token + 1) * shape[1]);
        }
        float[] some = new float[shape[0] * shape[2]];
        for (int head = 0; head < shape[0]; head++) {
            System.arraycopy(
                    all, (head * shape[1] + token) * shape[2], some, head * shape[2], shape[2]);
        }
        return some;
    }

    /** At the hook point itself only that token, and of it only that unit, differs. */
    private static void assertChanged(Capture edited, Capture unedited, int token, int unit) {
        int[] shape = edited.shape();
        int tokens = shape[shape.length - 2];
        for (int at = 0; at < tokens; at++) {
            float[] got = ofToken(edited, at);
            float[] want = ofToken(unedited, at);
            if (at != token) {
                assertThat(got).isEqualTo(want);
            } else {
                assertThat(got).isNotEqualTo(want);
                for (int i = 0; i < got.length && unit >= 0; i++) {
                    assertThat(got[i] != want[i]).as("unit %d", i).isEqualTo(i == unit);
                }
            }
        }
    }

    @Property
    void row_inBatchOfItsLength_isTheRowAlone(@ForAll("models") String model, @ForAll long seed) {
        RandomPrograms draw = draw(model, seed);
        int length = draw.between(1, 12);
        List<TestProgram> programs = new ArrayList<>();
        for (int i = draw.between(2, 6); i > 0; i--) {
            TestProgram program = TestProgram.of(draw.prompt(length)).cache(EVERYTHING);
            for (int edits = draw.between(0, 3); edits > 0; edits--) {
                program.edit(0, draw.edit());
            }
            programs.add(program.cache(reduced(draw, model)));
        }
        List<List<RowOutcome>> together = engine.run(model, programs);
        for (int i = 0; i < programs.size(); i++) {
            Bits.assertSame(together.get(i).get(0), engine.run(model, programs.get(i)).get(0));
        }
    }

    private static ObjectNode reduced(RandomPrograms draw, String model) {
        Site site = draw.of(sequences(model));
        ObjectNode policy = policy(site).put("name", "reduced");
        policy.put("tokens", draw.of(List.of("all", "last")));
        String reduction = draw.of(List.of("mean", "max", "norm", "project"));
        if (!reduction.equals("project")) {
            return policy.put("reduce", reduction);
        }
        policy.putObject("reduce").putArray("project").add(draw.vector(site.width()));
        return policy;
    }

    private static List<Site> sequences(String model) {
        return engine.sites(model).stream()
                .filter(site -> site.layout() == Layout.SEQUENCE)
                .toList();
    }

    @Property
    void rows_ofMixedLengthsTiedByPatch_areCloseToAlone(
            @ForAll("decoders") String model, @ForAll long seed) {
        RandomPrograms draw = draw(model, seed);
        int length = draw.between(2, 6);
        int[] source = draw.prompt(length);
        int[] target = draw.prompt(length + draw.between(1, 6));
        Site site = draw.of(blocks(model));
        String at = site.point().toString();
        TestProgram tied =
                TestProgram.of(source, target)
                        .cache(EVERYTHING)
                        .edit(
                                1,
                                "{'at': '%s', 'op': 'patch', 'tokens': [1], 'from': {'invocation': 0, 'tokens': [0]}}"
                                        .formatted(at));
        List<RowOutcome> together = engine.run(model, tied);
        RowOutcome alone = engine.run(model, TestProgram.of(source).cache(EVERYTHING)).get(0);
        assertClose(together.get(0), alone);
        assertThat(ofToken(Bits.at(together.get(1), at), 1))
                .isEqualTo(ofToken(Bits.at(together.get(0), at), 0));
        ObjectNode replace = (ObjectNode) TestProgram.json("{'op': 'replace', 'tokens': [1]}");
        replace.put("at", at);
        ArrayNode value = replace.putArray("value");
        for (float number : ofToken(Bits.at(together.get(0), at), 0)) {
            value.add(number);
        }
        assertClose(
                together.get(1),
                engine.run(model, TestProgram.of(target).cache(EVERYTHING).edit(0, replace))
                        .get(0));
    }

    private static void assertClose(RowOutcome got, RowOutcome want) {
        assertThat(got.generated()).isEqualTo(want.generated());
        for (int i = 0; i < want.logits().length; i++) {
            assertThat(Bits.worst(got.logits()[i], want.logits()[i])).isLessThan(1e-5);
        }
        assertThat(Bits.captures(got).keySet()).isEqualTo(Bits.captures(want).keySet());
        for (Capture capture : got.captures()) {
            Capture other = Bits.captures(want).get(Bits.key(capture));
            assertThat(capture.shape()).isEqualTo(other.shape());
            assertThat(Bits.worst(Bits.floats(capture), Bits.floats(other)))
                    .as(Bits.key(capture))
                    .isLessThan(1e-5);
        }
    }

    @Property
    void stop_atAnyHookPoint_keepsTheBitsOfWhatComesBefore(
            @ForAll("models") String model, @ForAll long seed) {
        RandomPrograms draw = draw(model, seed);
        TestProgram whole =
                TestProgram.of(draw.prompts(draw.between(1, 3), draw.between(2, 10)))
                        .cache(EVERYTHING);
        Site end = draw.site();
        while (end.point().io() == Io.ATTENTION) {
            end = draw.site();
        }
        TestProgram stopped =
                whole.copy()
                        .with(
                                "stop",
                                "{'module': '%s', 'io': '%s'}"
                                        .formatted(
                                                end.point().module(), end.point().io().wireName()));
        List<RowOutcome> full = engine.run(model, whole);
        List<RowOutcome> cut = engine.run(model, stopped);
        int last = end.order();
        long expected = engine.sites(model).stream().filter(site -> site.order() <= last).count();
        for (int row = 0; row < full.size(); row++) {
            assertThat(cut.get(row).stopped()).isTrue();
            assertThat(cut.get(row).logits().length).isZero();
            assertThat(cut.get(row).captures()).hasSize((int) expected);
            Bits.assertSameCaptures(cut.get(row), full.get(row), capture -> true);
        }
    }

    @Property
    void skip_ofSomeRowsOrAll_handsTheInputOnAndLeavesOthersAlone(
            @ForAll("decoders") String model, @ForAll long seed) {
        RandomPrograms draw = draw(model, seed);
        TestProgram plain = TestProgram.of(draw.prompts(3, draw.between(2, 10))).cache(EVERYTHING);
        String block = draw.of(blocks(model)).point().module();
        String skip = "{'at': '%s.output', 'op': 'skip', 'with': 'input'}".formatted(block);
        List<RowOutcome> run = engine.run(model, plain);
        List<RowOutcome> some = engine.run(model, plain.copy().edit(1, skip));
        List<RowOutcome> all = engine.run(model, plain.copy().edit(skip));
        Bits.assertSame(some.get(0), run.get(0));
        Bits.assertSame(some.get(2), run.get(2));
        Bits.assertSame(some.get(1), all.get(1));
        RowOutcome skipped = some.get(1);
        assertThat(Bits.at(skipped, block + ".output").data())
                .isEqualTo(Bits.at(run.get(1), block + ".input").data())
                .isNotEqualTo(Bits.at(run.get(1), block + ".output").data());
        assertThat(skipped.captures())
                .noneMatch(capture -> capture.point().module().startsWith(block + "."));
        assertThat(skipped.logits()[0]).isNotEqualTo(run.get(1).logits()[0]);
    }

    @Property(tries = 5)
    void sixteenInterventions_inOneBatch_areEachWhatTheyAreAlone(
            @ForAll("decoders") String model, @ForAll long seed) {
        RandomPrograms draw = draw(model, seed);
        int length = draw.between(3, 10);
        List<TestProgram> programs = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            programs.add(
                    TestProgram.of(draw.prompt(length))
                            .edit(0, draw.edit())
                            .edit(0, draw.edit(draw.of(blocks(model))))
                            .cache(policy(draw.site())));
        }
        List<List<RowOutcome>> together = engine.run(model, programs);
        for (int i = 0; i < 16; i++) {
            RowOutcome alone = engine.run(model, programs.get(i)).get(0);
            Bits.assertSame(together.get(i).get(0), alone);
            RowOutcome unedited = engine.run(model, TestProgram.of(alone.tokens())).get(0);
            assertThat(alone.logits()[0]).isNotEqualTo(unedited.logits()[0]);
        }
    }

    @Property(tries = 5)
    void generation_inBatch_isTheRowAloneAlsoWhenOthersEndEarly(
            @ForAll("decoders") String model, @ForAll long seed) {
        RandomPrograms draw = draw(model, seed);
        int length = draw.between(1, 8);
        List<TestProgram> programs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            TestProgram program =
                    TestProgram.of(draw.prompt(length))
                            .with(
                                    "generate",
                                    "{'max_new_tokens': %d, 'eos_token_ids': [], 'temperature': %s, 'seed': %d}"
                                            .formatted(
                                                    1 + 2 * i, draw.chance(0.5) ? "0" : "1.5", i));
            program.edit(0, draw.edit(draw.of(blocks(model))).put("steps", "all"));
            program.cache(EVERYTHING);
            programs.add(program);
        }
        List<List<RowOutcome>> together = engine.run(model, programs);
        for (int i = 0; i < 4; i++) {
            RowOutcome row = together.get(i).get(0);
            assertThat(row.generated()).hasSize(1 + 2 * i);
            Bits.assertSame(row, engine.run(model, programs.get(i)).get(0));
        }
    }

    @Property(tries = 5)
    void generation_withoutKvCache_isTheSameWithinRounding(@ForAll long seed) {
        RandomPrograms draw = draw(TICKETLM, seed);
        int[] prompt = draw.prompt(draw.between(1, 8));
        TestProgram program =
                TestProgram.of(prompt, draw.prompt(prompt.length))
                        .with("generate", "{'max_new_tokens': 5, 'eos_token_ids': []}")
                        .cache(EVERYTHING);
        for (int i = 0; i < 3; i++) {
            ObjectNode edit = draw.edit();
            edit.putArray("steps").add(draw.between(0, 4));
            program.edit(draw.between(0, 1), edit);
        }
        List<RowOutcome> cached = engine.run(TICKETLM, program);
        List<RowOutcome> recomputed = engine.run("ticketlm/variants/nocache.onnx", program);
        for (int row = 0; row < 2; row++) {
            assertCloseUntilTheyPart(recomputed.get(row), cached.get(row));
        }
    }

    /** Rounding may decide between two equally likely tokens, from where on nothing compares. */
    private static void assertCloseUntilTheyPart(RowOutcome got, RowOutcome want) {
        int parted = Arrays.mismatch(got.generated(), want.generated());
        int steps = parted < 0 ? got.generated().length : parted + 1;
        for (int step = 0; step < steps; step++) {
            assertThat(Bits.worst(got.logits()[step], want.logits()[step]))
                    .as("step %d", step)
                    .isLessThan(1e-4);
        }
        assertThat(Bits.captures(got).keySet()).isEqualTo(Bits.captures(want).keySet());
        for (Capture capture : got.captures()) {
            if (capture.step() < steps) {
                Capture other = Bits.captures(want).get(Bits.key(capture));
                assertThat(capture.shape()).isEqualTo(other.shape());
                assertThat(Bits.worst(Bits.floats(capture), Bits.floats(other)))
                        .as(Bits.key(capture))
                        .isLessThan(1e-4);
            }
        }
    }

    @Property
    void captures_preAndPost_areTheValueBeforeAndAfterTheEdits(
            @ForAll("models") String model, @ForAll long seed) {
        RandomPrograms draw = draw(model, seed);
        Site site = draw.site();
        TestProgram plain =
                TestProgram.of(draw.prompts(2, draw.between(2, 8)))
                        .cache(policy(site).put("stage", "both"));
        String at = site.point().toString();
        List<RowOutcome> unedited = engine.run(model, plain);
        List<RowOutcome> edited =
                engine.run(
                        model,
                        plain.copy()
                                .edit(0, "{'at': '%s', 'op': 'scale', 'by': 3}".formatted(at))
                                .edit(0, "{'at': '%s', 'op': 'scale', 'by': 0.5}".formatted(at)));
        float[] before = Bits.floats(staged(unedited.get(0), "post"));
        float[] after = before.clone();
        for (int i = 0; i < after.length; i++) {
            // ONNX Runtime's Where makes +0 of a -0 that it chooses; adding 0 does the same.
            after[i] = after[i] * 3f * 0.5f + 0f;
        }
        assertThat(Bits.floats(staged(unedited.get(0), "pre"))).isEqualTo(before);
        assertThat(Bits.floats(staged(edited.get(0), "pre"))).isEqualTo(before);
        assertThat(Bits.floats(staged(edited.get(0), "post"))).isEqualTo(after);
        Bits.assertSame(edited.get(1), unedited.get(1));
    }

    private static Capture staged(RowOutcome row, String stage) {
        return row.captures().stream()
                .filter(capture -> capture.stage().equals(stage))
                .findFirst()
                .orElseThrow();
    }
}
