/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.dist;

import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.models.HooklineHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ./hookline package}: the files that a Flink cluster needs for Hookline's jobs. */
@Command(
        name = "./hookline package",
        sortOptions = false,
        description =
                "Writes what a Flink cluster needs: FOLDER/lib for the cluster's lib folder, FOLDER/hookline-job.jar to submit.")
public final class PackageCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "FOLDER",
            description = "made when it is not there; must be empty else")
    private Path folder = Path.of("");

    /** Runs the command and ends the process. */
    public static void main(String[] arguments) {
        System.exit(CommandRun.of(new PackageCommand(), arguments));
    }

    @Override
    public Integer call() throws IOException {
        Path lib = Files.createDirectories(folder).resolve("lib");
        try (Stream<Path> there = Files.list(folder)) {
            if (there.findAny().isPresent()) {
                throw new IOException("'%s' is not empty".formatted(folder));
            }
        }
        Files.createDirectories(lib);
        Distribution distribution = Distribution.find(HooklineHome.find());
        for (Path entry : distribution.lib()) {
            JobJar.copy(entry, lib);
        }
        Path job = folder.resolve("hookline-job.jar");
        JobJar.write(distribution.job(), job);
        System.out.write(
                "%d jars in '%s' for the cluster's lib folder, '%s' to submit%n"
                        .formatted(distribution.lib().size(), lib, job)
                        .getBytes(StandardCharsets.UTF_8));
        System.out.flush();
        return CommandRun.OK;
    }
}
