/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which rows share passes; rows are named trace.invocation. */
final class RowLengthsTest {
    private static final String PATCH =
            "{'at': 'model.model.layers.1.output', 'op': 'patch', 'tokens': [0], 'from': {'invocation': 0, 'tokens': [0]}}";

    private static List<List<String>> passes(boolean padding, List<ActiveRow> rows) {
        return names(RowLengths.passes(RowGroups.tied(rows, false), padding));
    }

    private static List<List<String>> whole(double padding, List<ActiveRow> rows) {
        return names(RowLengths.whole(RowGroups.tied(rows, false), padding));
    }

    private static List<List<String>> names(List<List<List<ActiveRow>>> passes) {
        return passes.stream()
                .map(
                        pass ->
                                pass.stream()
                                        .flatMap(List::stream)
                                        .map(row -> row.number() + "." + row.index())
                                        .toList())
                .toList();
    }

    @Test
    void wholeTexts_shareAPassAsLongAsThereIsLittlePadding() {
        List<ActiveRow> rows =
                Lowered.rows(
                        "{'invocations': [{'tokens': [1, 2, 3, 4]}]}",
                        "{'invocations': [{'tokens': [1, 2]}]}",
                        "{'invocations': [{'tokens': [1, 2, 3]}]}");
        assertThat(whole(0, rows)).containsExactly(List.of("0.0"), List.of("2.0"), List.of("1.0"));
        assertThat(whole(0.2, rows)).containsExactly(List.of("0.0", "2.0"), List.of("1.0"));
        assertThat(whole(0.25, rows)).containsExactly(List.of("0.0", "2.0", "1.0"));
    }

    private static List<List<String>> apart(String... programs) {
        return whole(0, Lowered.rows(programs));
    }

    @Test
    void rowsOfEqualLength_shareAPassWhosesoeverTheyAre() {
        assertThat(
                        apart(
                                "{'invocations': [{'tokens': [1, 2]}, {'tokens': [1]}]}",
                                "{'invocations': [{'tokens': [1]}, {'tokens': [3, 4]}]}"))
                .containsExactly(List.of("0.0", "1.1"), List.of("0.1", "1.0"));
    }

    @Test
    void patchBetweenLengths_tiesThoseRowsAlone() {
        assertThat(
                        apart(
                                "{'invocations': [{'tokens': [1, 2]}, {'tokens': [1, 2, 3], 'interventions': [%s]}, {'tokens': [7, 8]}]}"
                                        .formatted(PATCH),
                                "{'invocations': [{'tokens': [3, 4]}, {'tokens': [3, 4, 5, 6]}]}"))
                .containsExactly(List.of("1.1"), List.of("0.0", "0.1"), List.of("0.2", "1.0"));
    }

    @Test
    void patchesInAChain_tieAllOfIt() {
        assertThat(
                        apart(
                                "{'invocations': [{'tokens': [1, 2]}, {'tokens': [1, 2, 3], 'interventions': [%s]}, {'tokens': [1], 'interventions': [%s]}]}"
                                        .formatted(
                                                PATCH,
                                                PATCH.replace(
                                                        "'invocation': 0", "'invocation': 1"))))
                .containsExactly(List.of("0.0", "0.1", "0.2"));
    }

    @Test
    void patchThatLiesBehind_tiesNobodyAnyMore() {
        String program =
                "{'generate': {'max_new_tokens': 4}, 'invocations': [{'tokens': [1, 2]}, {'tokens': [1, 2, 3], 'interventions': [%s]}]}"
                        .formatted(PATCH);
        assertThat(passes(false, Lowered.rows(program))).hasSize(1);
        assertThat(passes(false, Lowered.after(1, Lowered.rows(program))))
                .containsExactly(List.of("0.1"), List.of("0.0"));
    }

    @Test
    void rowsOfOtherLengths_sharePaddedPassesUnlessTheyAreFarApart() {
        List<ActiveRow> rows =
                Lowered.rows(
                        IntStream.of(300, 80, 70, 5)
                                .mapToObj(RowLengthsTest::prompt)
                                .toArray(String[]::new));
        assertThat(RowLengths.passes(RowGroups.tied(rows, false), true).stream().map(List::size))
                .containsExactly(1, 3);
        assertThat(RowLengths.passes(RowGroups.tied(rows, false), false)).hasSize(4);
    }

    /** A program of one prompt of that length. */
    private static String prompt(int length) {
        return "{'invocations': [{'tokens': [%s]}]}"
                .formatted(String.join(",", Collections.nCopies(length, "1")));
    }
}
