/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.plan.PlannedEdit;
import io.hookline.program.TokenSelector;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where positions of a step lie in a pass, on a row of 2 and a row of 4 tokens. */
final class PassTest {
    private static List<ActiveRow> rows(String steps, String tokens) {
        return Lowered.rows(
                "{'generate': {'max_new_tokens': 4}, 'invocations': [{'tokens': [1, 2]}, {'tokens': [1, 2, 3, 4]}], 'interventions': [{'at': 'model.model.layers.1.output', 'op': 'zero', 'steps': %s, 'tokens': %s}]}"
                        .formatted(steps, tokens));
    }

    private static List<List<Integer>> placed(List<ActiveRow> rows, Pass pass, int row) {
        PlannedEdit edit = rows.get(row).planned().edits().get(0);
        return pass.placed(row, edit, edit.tokens()).stream()
                .map(at -> java.util.Arrays.stream(at.positions()).boxed().toList())
                .toList();
    }

    @Test
    void promptPass_hasEveryPositionAndPadding() {
        List<ActiveRow> rows = rows("'all'", "'all'");
        Pass pass = Pass.whole(rows, false);
        assertThat(pass.tokens()).isEqualTo(4);
        assertThat(pass.keys()).isEqualTo(4);
        assertThat(pass.length(0)).isEqualTo(2);
        assertThat(pass.lastIndex(0)).isEqualTo(1);
        assertThat(pass.lastIndex(1)).isEqualTo(7);
        assertThat(placed(rows, pass, 0)).containsExactly(List.of(0, 1));
        assertThat(pass.ownKeys(0)).containsExactly(0, 1);
    }

    @Test
    void laterPass_withKvCache_hasOnePositionOfEachRowAndPaddingInFrontOfShortOnes() {
        List<ActiveRow> rows = rows("'all'", "'all'");
        Lowered.after(2, rows.subList(0, 1));
        Lowered.after(1, rows.subList(1, 2));
        Pass pass = Pass.onward(rows);
        assertThat(pass.tokens()).isEqualTo(1);
        assertThat(pass.keys()).isEqualTo(5);
        assertThat(pass.start(0)).isEqualTo(3);
        assertThat(pass.start(1)).isEqualTo(4);
        assertThat(pass.step(0)).isEqualTo(2);
        assertThat(pass.lastIndex(1)).isEqualTo(1);
        assertThat(placed(rows, pass, 0)).containsExactly(List.of(0));
        assertThat(pass.ownKeys(0)).containsExactly(1, 2, 3, 4);
        assertThat(pass.ownKeys(1)).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void laterPass_ofRowsInDifferentSteps_placesTheEditsOfEachStep() {
        List<ActiveRow> rows = rows("[1]", "'all'");
        Lowered.after(2, rows.subList(0, 1));
        Lowered.after(1, rows.subList(1, 2));
        Pass pass = Pass.onward(rows);
        assertThat(placed(rows, pass, 0)).isEmpty();
        assertThat(placed(rows, pass, 1)).containsExactly(List.of(0));
    }

    @Test
    void laterPass_recomputing_editsEarlierStepsAgainAndOwnsTheLastPosition() {
        List<ActiveRow> rows = Lowered.after(2, rows("[0, 2]", "'last'"));
        Pass pass = Pass.whole(rows, true);
        assertThat(pass.tokens()).isEqualTo(6);
        assertThat(pass.keys()).isEqualTo(6);
        assertThat(pass.start(0)).isZero();
        assertThat(pass.length(0)).isEqualTo(4);
        assertThat(pass.own(0)).containsExactly(3);
        assertThat(pass.own(1)).containsExactly(5);
        assertThat(placed(rows, pass, 0)).containsExactly(List.of(1), List.of(3));
        assertThat(placed(rows, pass, 1)).containsExactly(List.of(3), List.of(5));
        assertThat(pass.ownKeys(0)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void edit_ofGeneratedPositions_isNowhereInThePrompt() {
        List<ActiveRow> rows = rows("'all'", "'generated'");
        assertThat(placed(rows, Pass.whole(rows, false), 0)).isEmpty();
        Lowered.after(2, rows);
        assertThat(placed(rows, Pass.whole(rows, true), 0)).containsExactly(List.of(2), List.of(3));
    }

    @Test
    void edit_ofAPositionNamedTwice_isThereOnce() {
        List<ActiveRow> rows = rows("0", "[1, 0, -1, 1]");
        assertThat(placed(rows, Pass.whole(rows, false), 0)).containsExactly(List.of(1, 0));
        assertThat(Pass.whole(rows, false).selected(0, new TokenSelector.Listed(List.of(1, 1))))
                .containsExactly(1, 1);
    }
}
