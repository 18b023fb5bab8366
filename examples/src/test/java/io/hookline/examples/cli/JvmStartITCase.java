/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.examples.models.HooklineHome;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runtime that can't stand long command lines or calls home shows here, not at a user's. */
class JvmStartITCase {
    private static final int CLASS_PATH_LENGTH = 8 * 1024;

    @TempDir private Path folder;

    @Test
    void scan_longClassPathAndPlainEnvironment_loadsTheModel() throws Exception {
        StringBuilder classPath = new StringBuilder(System.getProperty("java.class.path"));
        while (classPath.length() < CLASS_PATH_LENGTH) {
            classPath
                    .append(File.pathSeparator)
                    .append(folder.resolve("a-library-that-is-not-there.jar"));
        }
        Path out = folder.resolve("out.txt");
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-D" + HooklineHome.PROPERTY + "=" + HooklineHome.find().root(),
                                "-cp",
                                classPath.toString(),
                                ModelLoad.class.getName(),
                                HooklineHome.find()
                                        .root()
                                        .resolve("examples/models/ticketlm")
                                        .toString())
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile());
        builder.environment().keySet().removeAll(List.of("CI", "ORT_DISABLE_TELEMETRY"));

        Process process = builder.start();

        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(out)).isZero();
        assertThat(out).content().contains("ran ticketlm");
    }
}
