/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorPagesTest {
    private static final Path PAGES = RepositoryFiles.DOCS.resolve("errors");

    @Test
    void pages_areThoseOfTheCodes() {
        assertThat(RepositoryFiles.names(PAGES, ".md").stream().filter(n -> !n.equals("README")))
                .as("docs/errors has one page per error code and no other")
                .containsExactlyElementsOf(
                        Arrays.stream(ErrorCode.values()).map(Enum::name).sorted().toList());
    }

    @ParameterizedTest
    @EnumSource
    void page_saysSymptomCauseAndFix(ErrorCode code) {
        String page = RepositoryFiles.text(PAGES.resolve(code + ".md"));
        assertThat(page).startsWith("# " + code + "\n");
        assertThat(page).containsSubsequence("\n## Symptom\n", "```", "\n## Cause\n", "\n## Fix\n");
        assertThat(page.lines().count()).isGreaterThanOrEqualTo(12);
    }

    @Test
    void index_listsEveryCode() {
        String index = RepositoryFiles.text(PAGES.resolve("README.md"));
        assertThat(ErrorCode.values())
                .allSatisfy(
                        code -> assertThat(index).contains("[%s](%s.md)".formatted(code, code)));
    }
}
