/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.Formatter;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;
import org.junit.jupiter.api.Test;

class KafkaOptionsTest {
    private static final Path REFERENCE = Path.of("..", "docs", "reference", "kafka-options.md");

    @Test
    void all_holdsEveryConstant() {
        List<ConfigOption<?>> constants =
                Arrays.stream(KafkaOptions.class.getDeclaredFields())
                        .filter(field -> Modifier.isPublic(field.getModifiers()))
                        .<ConfigOption<?>>map(KafkaOptionsTest::constant)
                        .toList();
        assertThat(KafkaOptions.all()).isEqualTo(constants).isNotEmpty();
    }

    @Test
    void keys_areKebabCaseUnderOurPrefix() {
        assertThat(KafkaOptions.all())
                .allSatisfy(
                        option ->
                                assertThat(option.key())
                                        .matches("hookline(\\.[a-z]+(-[a-z]+)*){2,}"));
    }

    @Test
    void noKey_isAPrefixOfAnother() {
        List<String> keys = KafkaOptions.all().stream().map(ConfigOption::key).toList();
        assertThat(keys).doesNotHaveDuplicates();
        for (String key : keys) {
            assertThat(keys).noneMatch(other -> other.startsWith(key + "."));
        }
    }

    @Test
    void options_areDescribed() {
        assertThat(KafkaOptions.all())
                .allSatisfy(option -> assertThat(description(option)).hasSizeGreaterThan(15));
    }

    /** Rewrites the page when the system property {@code hookline.docs.update} is set. */
    @Test
    void reference_saysWhatTheOptionsSay() throws IOException {
        String page = page();
        if (System.getProperty("hookline.docs.update") != null) {
            Files.createDirectories(REFERENCE.getParent());
            Files.writeString(REFERENCE, page);
        }
        assertThat(REFERENCE).as("update with -Dhookline.docs.update").hasContent(page);
    }

    private static String page() {
        StringBuilder page =
                new StringBuilder(
                        """
                        # Kafka options

                        What a job reads, writes and creates. Wrong or missing values are reported all at once.

                        | option | default | what it is |
                        |---|---|---|
                        """);
        KafkaOptions.all()
                .forEach(
                        option ->
                                page.append(
                                        "| `%s` | %s | %s |\n"
                                                .formatted(
                                                        option.key(),
                                                        defaultValue(option),
                                                        description(option))));
        return page.toString();
    }

    private static String defaultValue(ConfigOption<?> option) {
        Object value = option.defaultValue();
        if (value == null || value.toString().isEmpty() || value.toString().equals("{}")) {
            return "";
        }
        String text =
                value instanceof Duration duration
                        ? TimeUtils.formatWithHighestUnit(duration)
                        : value.toString();
        return "`%s`".formatted(value instanceof Enum ? text.toLowerCase(Locale.ROOT) : text);
    }

    private static String description(ConfigOption<?> option) {
        Formatter formatter = new HtmlFormatter();
        return formatter.format(option.description());
    }

    private static ConfigOption<?> constant(Field field) {
        try {
            return (ConfigOption<?>) field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
