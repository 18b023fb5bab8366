/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.program.FunctionArgs;
import io.hookline.program.FunctionCall;
import io.hookline.program.TensorValue.Literal;
import io.hookline.schema.ElementType;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeepLargestTest {
    private static final KeepLargest FUNCTION = new KeepLargest();

    @Test
    void apply_positions_keepsTheLargestOfEach() {
        Literal value =
                new Literal(ElementType.FLOAT32, new int[] {2, 3}, new float[] {1, -5, 2, 0, 3, 4});
        FunctionCall call =
                new FunctionCall(
                        "model.layer.output",
                        0,
                        0,
                        new int[] {0, 1},
                        value,
                        new FunctionArgs(Map.of("k", "2")));
        Literal result = FUNCTION.apply(call);
        assertThat(result.shape()).containsExactly(2, 3);
        assertThat(result.values()).containsExactly(0, -5, 2, 0, 3, 4);
    }

    @Test
    void check_argumentsThatMakeNoSense_areRefused() {
        assertThatThrownBy(() -> FUNCTION.check(FunctionArgs.NONE))
                .hasMessage("argument 'k' is missing");
        assertThatThrownBy(() -> FUNCTION.check(new FunctionArgs(Map.of("k", "0"))))
                .hasMessage("'k' must be at least 1, got 0");
    }
}
