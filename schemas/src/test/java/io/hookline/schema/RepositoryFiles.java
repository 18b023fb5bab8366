/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Files of the repository that tests compare with what they are made from. */
public final class RepositoryFiles {
    /** Set to make such files anew. */
    public static final String REFRESH = "hookline.refresh";

    /** The module's folder. */
    public static final Path MODULE = Path.of(System.getProperty("basedir", "."));

    /** The published documentation. */
    public static final Path DOCS = MODULE.resolve("../docs");

    /** Where golden files lie. */
    public static final Path GOLDEN = MODULE.resolve("src/test/resources/golden");

    private RepositoryFiles() {}

    /** Compares the file with these bytes, or writes it when files are to be made anew. */
    public static void check(Path file, byte[] expected, String advice) {
        try {
            if (Boolean.getBoolean(REFRESH)) {
                Files.createDirectories(file.getParent());
                Files.write(file, expected);
            }
            assertThat(file).as(advice).exists();
            assertThat(Files.readAllBytes(file)).as("%s: %s", file, advice).isEqualTo(expected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names of the files in a folder that end so, without the ending, sorted. */
    public static List<String> names(Path folder, String ending) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .map(name -> name.substring(0, name.length() - ending.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file as text. */
    public static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
