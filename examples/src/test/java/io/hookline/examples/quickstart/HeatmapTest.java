/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HeatmapTest {
    private static final Heatmap MAP =
            new Heatmap(
                    List.of("layer 0", "layer 10"),
                    List.of(new float[] {900, 1, 2}, new float[] {3, 4, 5}));

    @Test
    void lines_withoutColours_shadeByRankAndNotByValue() {
        assertThat(MAP.lines(80, false)).containsExactly(" layer 0 @ .", "layer 10 -+#");
    }

    @Test
    void lines_moreTokensThanWidth_showTheFirst() {
        assertThat(MAP.lines(2, false)).containsExactly(" layer 0 @ ", "layer 10 -+");
    }

    @Test
    void lines_withColours_resetThemAtTheEnd() {
        assertThat(MAP.lines(80, true))
                .allSatisfy(line -> assertThat(line).contains("\033[48;5;").endsWith("\033[0m"));
    }

    @Test
    void bounds_ofAllValues_areFound() {
        assertThat(MAP.smallest()).isEqualTo(1);
        assertThat(MAP.largest()).isEqualTo(900);
    }
}
