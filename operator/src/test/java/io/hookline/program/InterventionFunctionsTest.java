/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InterventionFunctionsTest {
    private static final ClassLoader LOADER = InterventionFunctionsTest.class.getClassLoader();

    @Test
    void find_allowedNames_holdsThoseAlone() {
        InterventionFunctions functions = InterventionFunctions.find(LOADER, List.of("times"));
        assertThat(functions.names()).containsExactly("times");
        assertThat(functions.find("times")).containsInstanceOf(TestFunctions.Times.class);
        assertThat(functions.find("failing")).isEmpty();
    }

    @Test
    void find_nameThatIsNotThere_isNamedWithTheNearest() {
        assertThatThrownBy(() -> InterventionFunctions.find(LOADER, List.of("tims")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "no function 'tims' is there to be allowed, found are: 'failing', 'misshapen', 'times', did you mean 'times'?");
    }

    @Test
    void of_twoOfOneName_isRefused() {
        assertThatThrownBy(
                        () ->
                                InterventionFunctions.of(
                                        new TestFunctions.Times(), new TestFunctions.Times()))
                .hasMessageContaining("two functions are called 'times'");
    }

    @Test
    void arguments_ofEveryKind_areRead() {
        FunctionArgs args =
                new FunctionArgs(
                        Map.of(
                                "by",
                                "1.5",
                                "k",
                                "3",
                                "mode",
                                "\"soft\"",
                                "on",
                                "true",
                                "mean",
                                "[1, 2.5]"));
        assertThat(args.number("by")).isEqualTo(1.5);
        assertThat(args.integer("k")).isEqualTo(3);
        assertThat(args.text("mode")).isEqualTo("soft");
        assertThat(args.flag("on")).isTrue();
        assertThat(args.numbers("mean")).containsExactly(1, 2.5f);
        assertThat(args.has("other")).isFalse();
    }

    @Test
    void arguments_missingOrOfAnotherKind_areNamed() {
        FunctionArgs args =
                new FunctionArgs(Map.of("kk", "\"3\"", "by", "1.5", "all", "[1, null]"));
        assertThatThrownBy(() -> args.integer("k"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("argument 'k' is missing, did you mean it by 'kk'?");
        assertThatThrownBy(() -> args.number("kk"))
                .hasMessage("argument 'kk' must be a number, got \"3\"");
        assertThatThrownBy(() -> args.integer("by"))
                .hasMessage("argument 'by' must be a whole number, got 1.5");
        assertThatThrownBy(() -> args.numbers("all"))
                .hasMessage("argument 'all' must be a list of numbers, got [1, null]");
        assertThatThrownBy(() -> args.text("none")).hasMessage("argument 'none' is missing");
    }
}
