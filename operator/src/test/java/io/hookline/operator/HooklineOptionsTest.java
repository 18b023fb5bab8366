/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;
import org.junit.jupiter.api.Test;

class HooklineOptionsTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "options.md");
    private static final String BEGIN = "<!-- begin: options of the operator -->\n";
    private static final String END = "<!-- end: options of the operator -->\n";

    @Test
    void options_everyOne_hasPrefixKebabCaseAndDescription() throws Exception {
        assertThat(options())
                .isNotEmpty()
                .allSatisfy(
                        option -> {
                            assertThat(option.key())
                                    .matches("hookline(\\.[a-z0-9]+(-[a-z0-9]+)*)+");
                            assertThat(description(option)).isNotBlank().endsWith(".");
                        });
    }

    @Test
    void options_anyTwo_noKeyIsPrefixOfAnother() throws Exception {
        List<String> keys = options().stream().map(ConfigOption::key).toList();
        assertThat(keys)
                .doesNotHaveDuplicates()
                .allSatisfy(
                        key -> assertThat(keys).noneMatch(other -> other.startsWith(key + ".")));
    }

    /** With the environment variable HOOKLINE_UPDATE_DOCS the page is written first. */
    @Test
    void page_ofOptions_listsAllOfThem() throws Exception {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        assertThat(begin).isGreaterThanOrEqualTo(BEGIN.length());
        if (System.getenv("HOOKLINE_UPDATE_DOCS") != null) {
            page = page.substring(0, begin) + table() + page.substring(end);
            Files.writeString(PAGE, page);
            end = page.indexOf(END);
        }
        assertThat(page.substring(begin, end)).isEqualTo(table());
    }

    private static String table() throws Exception {
        return options().stream()
                .sorted(Comparator.comparing(ConfigOption::key))
                .map(
                        option ->
                                "| `%s` | %s | %s |\n"
                                        .formatted(
                                                option.key(),
                                                defaultOf(option),
                                                description(option)))
                .collect(
                        Collectors.joining(
                                "", "| option | default | meaning |\n|---|---|---|\n", ""));
    }

    private static String defaultOf(ConfigOption<?> option) {
        Object value = option.defaultValue();
        if (value == null) {
            return "";
        }
        return "`%s`"
                .formatted(
                        value instanceof Duration duration
                                ? TimeUtils.formatWithHighestUnit(duration)
                                : value);
    }

    private static String description(ConfigOption<?> option) {
        return new HtmlFormatter().format(option.description());
    }

    private static List<ConfigOption<?>> options() throws Exception {
        Stream.Builder<ConfigOption<?>> options = Stream.builder();
        for (var field :
                Arrays.stream(HooklineOptions.class.getFields())
                        .filter(field -> Modifier.isStatic(field.getModifiers()))
                        .toList()) {
            options.add((ConfigOption<?>) field.get(null));
        }
        return options.build().toList();
    }
}
