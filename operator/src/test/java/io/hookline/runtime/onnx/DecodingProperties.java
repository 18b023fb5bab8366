/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static io.hookline.runtime.onnx.TestEngine.GPT2;
import static io.hookline.runtime.onnx.TestEngine.TICKETLM;
import static io.hookline.runtime.onnx.TestProgram.EVERYTHING;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.model.Site;
import io.hookline.model.Site.Layout;
import io.hookline.plan.PlannedTrace;
import io.hookline.runtime.Capture;
import io.hookline.runtime.Decoding;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.TraceOutcome;
import java.util.ArrayList;
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
 * A trace that joins others at any moment comes to what it comes to alone: random programs with
 * random times of arrival on real models.
 */
@PropertyDefaults(tries = 12, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
final class DecodingProperties {
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
    Arbitrary<String> decoders() {
        return Arbitraries.of(
                TICKETLM,
                GPT2,
                "tiny-opt/model.onnx",
                "tiny-neox/model.onnx",
                "tiny-mistral/model.onnx",
                "architectures/llama-genai/model.onnx");
    }

    /** What one trace came to, put together again. */
    private static final class Collected {
        private final List<Capture> captures = new ArrayList<>();
        private final List<int[]> lengths = new ArrayList<>();
        private TraceOutcome outcome;
    }

    @Property
    void trace_thatJoinsAtAnyTime_comesToWhatItComesToAlone(
            @ForAll("decoders") String model, @ForAll long seed) throws Exception {
        RandomPrograms draw = new RandomPrograms(seed, engine, model);
        List<TestProgram> programs = new ArrayList<>();
        for (int i = draw.between(3, 6); i > 0; i--) {
            programs.add(program(draw, model));
        }
        List<Collected> together = decode(model, programs, draw);
        for (int i = 0; i < programs.size(); i++) {
            assertEqualsAlone(model, programs.get(i), together.get(i));
        }
    }

    private static TestProgram program(RandomPrograms draw, String model) {
        int[][] prompts = new int[draw.chance(0.3) ? 2 : 1][];
        for (int i = 0; i < prompts.length; i++) {
            prompts[i] = draw.prompt(draw.between(1, 9));
        }
        TestProgram program =
                TestProgram.of(prompts)
                        .with(
                                "generate",
                                "{'max_new_tokens': %d, 'eos_token_ids': [], 'temperature': %s, 'seed': %d}"
                                        .formatted(
                                                draw.between(2, 7),
                                                draw.chance(0.7) ? "0" : "1.5",
                                                draw.between(0, 99)));
        for (int edits = draw.between(0, 3); edits > 0; edits--) {
            ObjectNode edit = edit(draw, model);
            program.edit(draw.between(0, prompts.length - 1), edit.put("steps", steps(draw)));
        }
        if (prompts.length == 2) {
            Site site = draw.of(blocks(model));
            program.edit(
                    1,
                    "{'at': '%s', 'op': 'patch', 'steps': '%s', 'tokens': 'last', 'from': {'invocation': 0, 'tokens': 'last'}}"
                            .formatted(site.point(), steps(draw)));
        }
        return draw.chance(0.5) ? program.cache(EVERYTHING) : program.cache(some(draw));
    }

    /**
     * An edit of a block's output. A narrow clamp would leave so little of it that the norm behind
     * it makes rounding large.
     */
    private static ObjectNode edit(RandomPrograms draw, String model) {
        ObjectNode edit = draw.edit(draw.of(blocks(model)));
        return edit.get("op").asText().equals("clamp") ? edit.put("min", -1).put("max", 0.5) : edit;
    }

    private static String steps(RandomPrograms draw) {
        return draw.of(List.of("all", "0:1", "1:2", "0:2"));
    }

    private static String some(RandomPrograms draw) {
        return "{'modules': ['%s'], 'include_inputs': true, 'reduce': '%s', 'stage': 'both'}"
                .formatted(
                        draw.site().point().module(),
                        draw.of(List.of("none", "mean", "max", "norm")));
    }

    private static List<Site> blocks(String model) {
        return engine.sites(model).stream()
                .filter(site -> site.layout() == Layout.SEQUENCE)
                .filter(site -> site.point().toString().matches(".*\\.(layers|h)\\.\\d+\\.output"))
                .toList();
    }

    /** Runs programs together, each of which joins when it likes. */
    private static List<Collected> decode(
            String model, List<TestProgram> programs, RandomPrograms draw) throws Exception {
        List<Collected> all = new ArrayList<>();
        try (Decoding decoding = engine.model(model).decoding(1)) {
            int open = 0;
            while (all.size() < programs.size() || open > 0) {
                while (all.size() < programs.size() && draw.chance(0.5)) {
                    PlannedTrace trace = engine.plan(model, programs.get(all.size()).json());
                    if (engine.model(model).decodes(trace)) {
                        decoding.join(all.size(), trace);
                        open++;
                    }
                    all.add(new Collected());
                }
                for (Decoding.Advance advance : decoding.step()) {
                    Collected collected = all.get((int) advance.ticket());
                    collected.captures.addAll(advance.captures());
                    collected.lengths.add(
                            advance.generated().stream().mapToInt(each -> each.length).toArray());
                    if (advance.end().isPresent()) {
                        collected.outcome = advance.end().get().outcome();
                        open--;
                    }
                }
            }
            assertThat(decoding.rows()).isZero();
        }
        return all;
    }

    private static void assertEqualsAlone(String model, TestProgram program, Collected got)
            throws Exception {
        PlannedTrace trace = engine.plan(model, program.json());
        TraceOutcome alone = engine.model(model).run(List.of(trace)).get(0);
        if (!engine.model(model).decodes(trace)) {
            return;
        }
        if (alone instanceof TraceOutcome.Failed) {
            assertThat(got.outcome).isEqualTo(alone);
            return;
        }
        List<RowOutcome> want = ((TraceOutcome.Completed) alone).rows();
        assertThat(got.outcome).as(program.toString()).isInstanceOf(TraceOutcome.Completed.class);
        List<RowOutcome> rows = ((TraceOutcome.Completed) got.outcome).rows();
        for (int row = 0; row < want.size(); row++) {
            int invocation = row;
            Bits.assertClose(
                    rows.get(row), captures(got, invocation), want.get(row), program.toString());
        }
        int steps = got.lengths.size();
        for (int step = 0; step < steps; step++) {
            for (int row = 0; row < want.size(); row++) {
                assertThat(got.lengths.get(step)[row])
                        .isEqualTo(Math.min(step + 1, want.get(row).generated().length));
            }
        }
    }

    private static List<Capture> captures(Collected got, int invocation) {
        return got.captures.stream().filter(capture -> capture.invocation() == invocation).toList();
    }
}
