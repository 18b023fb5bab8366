/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.model.HookPoint;
import io.hookline.model.Site;
import io.hookline.program.Io;
import io.hookline.runtime.RowOutcome;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Values without a tokens axis, as a pooler hands out, move between invocations whole. */
final class PooledPatchTest {
    private static final String MODEL = "tiny-bert/model.onnx";
    private static final int[] SHORT = {5, 17, 3, 44};
    private static final int[] OTHER = {8, 9, 10, 11};

    private static TestEngine engine;

    @BeforeAll
    static void open() {
        engine = new TestEngine();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void pooler_isPooled() {
        assertThat(engine.model(MODEL).info().tree().sites(point("model.model.pooler.dense")))
                .extracting(Site::layout)
                .containsExactly(Site.Layout.POOLED);
    }

    @Test
    void patch_ofAPooledValue_takesTheOtherRowsValue() {
        List<RowOutcome> plain = engine.run(MODEL, program(SHORT, OTHER, SHORT));
        List<RowOutcome> patched =
                engine.run(
                        MODEL,
                        program(SHORT, OTHER, SHORT)
                                .edit(
                                        1,
                                        "{'at': 'model.model.pooler.dense.output', 'op': 'patch',"
                                                + " 'from': {'invocation': 0}}"));
        for (int module = 0; module < 2; module++) {
            float[] source = values(plain, 0, module);
            assertThat(source).hasSize(16).isNotEqualTo(values(plain, 1, module));
            assertThat(values(patched, 1, module)).containsExactly(source);
            assertThat(values(patched, 0, module)).containsExactly(source);
            assertThat(values(patched, 2, module)).containsExactly(values(plain, 2, module));
        }
    }

    private static TestProgram program(int[]... prompts) {
        return TestProgram.of(prompts)
                .cache("{'modules': ['model.model.pooler.dense']}")
                .cache("{'modules': ['model.model.pooler']}");
    }

    private static float[] values(List<RowOutcome> rows, int row, int capture) {
        return Bits.floats(rows.get(row).captures().get(capture));
    }

    private static HookPoint point(String module) {
        return HookPoint.of(module, Io.OUTPUT);
    }
}
