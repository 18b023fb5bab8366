/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RowGroupsTest {
    private static final String PATCH =
            "{'at': 'model.model.layers.1.output', 'op': 'patch', 'tokens': [0], 'from': {'invocation': 0, 'tokens': [0]}}";

    private static List<List<String>> groups(String... programs) {
        return RowGroups.of(Lowered.rows(programs)).stream()
                .map(group -> group.stream().map(row -> row.number() + "." + row.index()).toList())
                .toList();
    }

    @Test
    void of_rowsOfEqualLength_shareAGroupWhosesoeverTheyAre() {
        assertThat(
                        groups(
                                "{'invocations': [{'tokens': [1, 2]}, {'tokens': [1]}]}",
                                "{'invocations': [{'tokens': [1]}, {'tokens': [3, 4]}]}"))
                .containsExactly(List.of("0.0", "1.1"), List.of("0.1", "1.0"));
    }

    @Test
    void of_patchBetweenLengths_tiesThoseRowsAlone() {
        assertThat(
                        groups(
                                "{'invocations': [{'tokens': [1, 2]}, {'tokens': [1, 2, 3], 'interventions': [%s]}, {'tokens': [7, 8]}]}"
                                        .formatted(PATCH),
                                "{'invocations': [{'tokens': [3, 4]}, {'tokens': [3, 4, 5]}]}"))
                .containsExactly(List.of("0.0", "0.1"), List.of("0.2", "1.0"), List.of("1.1"));
    }

    @Test
    void of_patchesInAChain_tieAllOfIt() {
        assertThat(
                        groups(
                                "{'invocations': [{'tokens': [1, 2]}, {'tokens': [1, 2, 3], 'interventions': [%s]}, {'tokens': [1], 'interventions': [%s]}]}"
                                        .formatted(
                                                PATCH,
                                                PATCH.replace(
                                                        "'invocation': 0", "'invocation': 1"))))
                .containsExactly(List.of("0.0", "0.1", "0.2"));
    }

    @Test
    void of_patchWithinOneLength_sharesWithOthers() {
        assertThat(
                        groups(
                                "{'invocations': [{'tokens': [1, 2]}, {'tokens': [3, 4], 'interventions': [%s]}]}"
                                        .formatted(PATCH),
                                "{'invocations': [{'tokens': [3, 4]}]}"))
                .containsExactly(List.of("0.0", "0.1", "1.0"));
    }
}
