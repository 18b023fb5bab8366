/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static io.hookline.runtime.onnx.TestEngine.GPT2;
import static io.hookline.runtime.onnx.TestEngine.MINILM;
import static io.hookline.runtime.onnx.TestEngine.TICKETLM;
import static io.hookline.runtime.onnx.TestProgram.EVERYTHING;
import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.plan.PlannedTrace;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.TraceOutcome;
import io.hookline.runtime.Turns;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Texts of different lengths in one pass of an encoder: each comes to what it comes to alone. */
@PropertyDefaults(tries = 8, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
final class PaddedBatchProperties {
    private static TestEngine engine;

    @BeforeContainer
    static void open() {
        engine = new TestEngine();
    }

    @AfterContainer
    static void close() {
        engine.close();
    }

    @Property
    void text_besideLongerOnes_comesToWhatItComesToAlone(
            @ForAll long seed, @ForAll @DoubleRange(max = 0.9) double padding) throws Exception {
        RandomPrograms draw = new RandomPrograms(seed, engine, MINILM);
        List<TestProgram> programs = new ArrayList<>();
        List<PlannedTrace> batch = new ArrayList<>();
        for (int i = draw.between(2, 5); i > 0; i--) {
            TestProgram program = TestProgram.of(draw.prompt(draw.between(1, 12)));
            if (draw.chance(0.5)) {
                program.edit(0, draw.edit());
            }
            programs.add(program.cache(EVERYTHING));
            batch.add(engine.plan(MINILM, program.json()));
        }
        Turns turns = toEnd(engine.model(MINILM), batch, padding);
        assertThat(turns.positions()).isPositive();
        assertThat((double) turns.padding() / turns.positions()).isLessThanOrEqualTo(padding);
        for (int i = 0; i < programs.size(); i++) {
            RowOutcome alone = engine.run(MINILM, programs.get(i)).get(0);
            RowOutcome got = row(turns.each().get(i));
            Bits.assertClose(got, got.captures(), alone, programs.get(i).toString());
        }
    }

    /** Until no plan is missing any more. */
    private static Turns toEnd(ModelRuntime model, List<PlannedTrace> batch, double padding)
            throws Exception {
        while (true) {
            Turns turns = model.attempt(batch, padding);
            boolean complete = true;
            for (Turns.Turn turn : turns.each()) {
                if (turn instanceof Turns.Waits waits) {
                    waits.plan().get();
                    complete = false;
                }
            }
            if (complete) {
                return turns;
            }
        }
    }

    private static RowOutcome row(Turns.Turn turn) {
        return ((TraceOutcome.Completed) ((Turns.Ended) turn).outcome()).rows().get(0);
    }

    @Example
    void passes_areFewerWithPaddingAndNoneIsPaddedWithout() throws Exception {
        List<PlannedTrace> batch = new ArrayList<>();
        for (int length = 8; length <= 12; length++) {
            int[] tokens = new int[length];
            java.util.Arrays.fill(tokens, 2000 + length);
            batch.add(engine.plan(MINILM, TestProgram.of(tokens).cache(EVERYTHING).json()));
        }
        Turns padded = toEnd(engine.model(MINILM), batch, 0.5);
        assertThat(padded.positions()).isEqualTo(5 * 12);
        assertThat(padded.padding()).isEqualTo(5 * 12 - (8 + 9 + 10 + 11 + 12));
        Turns exact = toEnd(engine.model(MINILM), batch, 0);
        assertThat(exact.padding()).isZero();
        for (int i = 0; i < batch.size(); i++) {
            RowOutcome alone =
                    ((TraceOutcome.Completed)
                                    engine.model(MINILM).run(batch.subList(i, i + 1)).get(0))
                            .rows()
                            .get(0);
            Bits.assertSame(row(exact.each().get(i)), alone);
        }
    }

    @Example
    void encoders_bearPadding_decodersAreNotAsked() {
        assertThat(engine.model(MINILM).pads()).isTrue();
        assertThat(engine.model(TICKETLM).pads()).isFalse();
        assertThat(engine.model(GPT2).pads()).isFalse();
    }
}
