/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.runtime.Capture;
import io.hookline.runtime.RowOutcome;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A dynamically quantised model, in which queries, keys and values read the same quantised tensor:
 * each has an input of its own all the same.
 */
final class SharedQuantizerTest {
    private static final String MODEL = "architectures/bert-int8";
    private static final String SELF = "model.encoder.layer.0.attention.self.";
    private static final List<String> READERS = List.of("query", "key", "value");
    private static final int[] PROMPT = {5, 17, 3, 44, 90, 2, 11};

    private static TestEngine engine;

    @BeforeAll
    static void open() {
        engine = new TestEngine();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"query", "key", "value"})
    void inputs_ofModulesThatShareAQuantiser_areTheFloatsBeforeIt(String reader) {
        Map<String, float[]> values = values(program());
        assertThat(values.get(SELF + reader + ".input"))
                .hasSize(PROMPT.length * 32)
                .containsExactly(values.get("model.embeddings.LayerNorm.output"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"query", "key", "value"})
    void edit_ofOneInput_movesThatModuleAlone(String edited) {
        Map<String, float[]> plain = values(program());
        Map<String, float[]> moved = values(program().edit(tripled(SELF + edited)));
        for (String reader : READERS) {
            boolean same =
                    Arrays.equals(
                            plain.get(SELF + reader + ".output"),
                            moved.get(SELF + reader + ".output"));
            assertThat(same).as(reader).isEqualTo(!reader.equals(edited));
        }
        assertThat(moved.get("model.embeddings.LayerNorm.output"))
                .containsExactly(plain.get("model.embeddings.LayerNorm.output"));
    }

    @Test
    void edit_ofAllInputs_isTheEditOfWhatTheyRead() {
        TestProgram each = program();
        for (String reader : READERS) {
            each.edit(tripled(SELF + reader));
        }
        TestProgram shared = program().edit(tripled("model.encoder.layer.0.attention.self"));
        String output = "model.encoder.layer.0.attention.self.output";
        assertThat(values(each).get(output)).containsExactly(values(shared).get(output));
        assertThat(values(each).get(output)).isNotEqualTo(values(program()).get(output));
    }

    private static String tripled(String module) {
        return "{'at': '%s.input', 'op': 'scale', 'by': 3}".formatted(module);
    }

    private static TestProgram program() {
        return TestProgram.of(PROMPT)
                .cache(
                        "{'modules': ['model.encoder.layer.0.attention.**',"
                                + " 'model.embeddings.LayerNorm'], 'include_inputs': true}");
    }

    private static Map<String, float[]> values(TestProgram program) {
        List<RowOutcome> rows = engine.run(MODEL, program);
        return rows.get(0).captures().stream()
                .collect(Collectors.toMap(SharedQuantizerTest::name, Bits::floats));
    }

    private static String name(Capture capture) {
        return capture.point().toString();
    }
}
