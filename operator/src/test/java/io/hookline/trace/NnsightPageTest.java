/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page for nnsight users names, for each conformance case, the tests that show it. */
class NnsightPageTest {
    private static final Path PAGE = Path.of("../docs/nnsight.md");
    private static final Path TESTS = Path.of("src/test/java/io/hookline/trace");
    private static final Pattern TEST = Pattern.compile("`(\\w+\\.\\w+)`");

    /** A row of the page's table. */
    private record Row(String id, Set<String> tests, String deviation) {}

    private static Map<String, Row> rows() throws IOException {
        Map<String, Row> rows = new LinkedHashMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            String[] cells = line.split("\\|", -1);
            if (cells.length == 6 && cells[1].strip().matches("\\d+[bc]?")) {
                Set<String> tests = new TreeSet<>();
                Matcher test = TEST.matcher(cells[3]);
                while (test.find()) {
                    tests.add(test.group(1));
                }
                Row row = new Row(cells[1].strip(), tests, cells[4].strip());
                assertThat(rows.put(row.id(), row)).as("case %s twice", row.id()).isNull();
            }
        }
        return rows;
    }

    private static Map<String, Set<String>> annotated() throws Exception {
        Map<String, Set<String>> tests = new TreeMap<>();
        for (Class<?> type : testClasses()) {
            for (Method method : type.getDeclaredMethods()) {
                Case shown = method.getAnnotation(Case.class);
                for (String id : shown == null ? new String[0] : shown.value()) {
                    tests.computeIfAbsent(id, each -> new TreeSet<>())
                            .add(type.getSimpleName() + "." + method.getName());
                }
            }
        }
        return tests;
    }

    private static List<Class<?>> testClasses() throws Exception {
        List<Class<?>> classes = new ArrayList<>();
        try (Stream<Path> files = Files.list(TESTS)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                if (name.endsWith("Test")) {
                    classes.add(Class.forName("io.hookline.trace." + name));
                }
            }
        }
        return classes;
    }

    @Test
    void page_hasEveryCase_asATestOrADeviation() throws IOException {
        List<String> expected = new ArrayList<>();
        IntStream.rangeClosed(1, 136)
                .forEach(
                        id -> {
                            expected.add(String.valueOf(id));
                            if (id == 41) {
                                expected.addAll(List.of("41b", "41c"));
                            }
                        });

        assertThat(rows().keySet()).containsExactlyElementsOf(expected);
        assertThat(rows().values())
                .allMatch(row -> !row.tests().isEmpty() || !row.deviation().isEmpty());
    }

    @Test
    void page_namesTheTests_thatSayWhichCasesTheyShow() throws Exception {
        Map<String, Set<String>> named = new TreeMap<>();
        rows().values().stream()
                .filter(row -> !row.tests().isEmpty())
                .forEach(row -> named.put(row.id(), row.tests()));

        assertThat(named).isEqualTo(annotated());
    }

    /** What the page's lines of Java are about. */
    private static final String CONTEXT =
            """
            import static io.hookline.schema.ElementType.*;
            import static io.hookline.trace.CacheOption.*;
            import static io.hookline.trace.Selector.*;
            import io.hookline.trace.*;
            import java.io.*;
            import java.nio.file.Path;
            import java.util.*;

            abstract class Page%d {
                LanguageModel model;
                Tracer tracer;
                CompiledTrace compiled;
                Mediator t;
                Envoy m;
                Tensor v, x, h, w, a, b;
                List<Tensor> values;
                CacheDict cache, view;
                TraceResult result;
                Barrier barrier;
                OutputStream out;
                InputStream in;
                Path path;
                String key;
                byte[] json;
                int[] ids;
                int i, row;

                void snippet() throws Exception {
                    %s
                }
            }
            """;

    /** Lines of Java in the column of this library of the table, and whole blocks. */
    private static List<String> snippets() throws IOException {
        List<String> snippets = new ArrayList<>();
        String page = Files.readString(PAGE);
        String table = page.substring(page.indexOf("## Side by side"), page.indexOf("## Whole"));
        for (String line : table.lines().filter(each -> each.startsWith("|")).toList()) {
            Matcher code = Pattern.compile("`([^`]+)`").matcher(line.split("\\|", -1)[2]);
            while (code.find()) {
                if (code.group(1).contains("(")) {
                    snippets.add(statement(code.group(1)));
                }
            }
        }
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(page);
        while (block.find()) {
            snippets.add(
                    block.group(1)
                            .replaceAll("(?m)^import .*$", "")
                            .replace("try (var model", "try (var opened")
                            .replace("= model.trace", "= opened.trace")
                            .replace("Arrays.", "java.util.Arrays."));
        }
        return snippets;
    }

    private static String statement(String code) {
        String shortened = code.replace("{ … }", "{}").replace("; … }", "; }");
        return shortened.startsWith("for (") ? shortened + " {}" : shortened + ";";
    }

    @Test
    void page_hasOnlyJavaThatCompiles(@TempDir Path folder) throws Exception {
        List<String> snippets = snippets();
        assertThat(snippets).hasSizeGreaterThan(50);
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "-proc:none",
                                "-nowarn",
                                "-d",
                                folder.toString(),
                                "-cp",
                                System.getProperty("java.class.path")));
        for (int i = 0; i < snippets.size(); i++) {
            Path file = folder.resolve("Page" + i + ".java");
            Files.writeString(file, CONTEXT.formatted(i, snippets.get(i)));
            arguments.add(file.toString());
        }
        ByteArrayOutputStream problems = new ByteArrayOutputStream();
        int code =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, problems, problems, arguments.toArray(new String[0]));

        assertThat(code).as(problems.toString(UTF_8)).isZero();
    }
}
