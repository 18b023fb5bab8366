/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.examples.job.RunCommand;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobJarTest {
    private static final String SERVICE = "META-INF/services/a.Service";

    @TempDir private Path folder;

    @Test
    void entries_merged_keepTheFirstFileAndAllServicesAndLicences() throws Exception {
        Path first =
                jar("first-1.jar", "a/A.class", "one", SERVICE, "one.Impl", "META-INF/NOTICE", "1");
        Path second =
                jar(
                        "second-2.jar",
                        "a/A.class",
                        "two",
                        SERVICE,
                        "two.Impl",
                        "META-INF/X.SF",
                        "signed",
                        "META-INF/NOTICE",
                        "2");
        Path classes = Files.createDirectories(folder.resolve("examples/target/classes/b"));
        Files.writeString(classes.resolve("B.class"), "three");

        Path made = folder.resolve("job.jar");
        JobJar.write(List.of(first, second, classes.getParent()), made);

        try (JarFile jar = new JarFile(made.toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
                    .isEqualTo(RunCommand.class.getName());
            assertThat(text(jar, "a/A.class")).isEqualTo("one");
            assertThat(text(jar, "b/B.class")).isEqualTo("three");
            assertThat(text(jar, SERVICE)).isEqualTo("one.Impl\ntwo.Impl\n");
            assertThat(text(jar, "META-INF/licenses/second-2/NOTICE")).isEqualTo("2");
            assertThat(jar.getEntry("META-INF/X.SF")).isNull();
        }
    }

    @Test
    void sameEntries_writtenTwice_giveTheSameBytes() throws Exception {
        Path only = jar("only-1.jar", "a/A.class", "one", SERVICE, "one.Impl");

        JobJar.write(List.of(only), folder.resolve("1.jar"));
        JobJar.write(List.of(only), folder.resolve("2.jar"));

        assertThat(folder.resolve("1.jar")).hasSameBinaryContentAs(folder.resolve("2.jar"));
    }

    private static String text(JarFile jar, String name) throws Exception {
        return new String(
                jar.getInputStream(jar.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
    }

    /** A jar of names, each followed by its content. */
    private Path jar(String name, String... files) throws Exception {
        Path jar = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (int file = 0; file < files.length; file += 2) {
                zip.putNextEntry(new ZipEntry(files[file]));
                zip.write(files[file + 1].getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }
}
