/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.models;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Folders of a clone: what is packaged, and {@code .hookline} for what is made from it.
 *
 * @param root the folder that holds the script {@code hookline}
 */
public record HooklineHome(Path root) {
    /** The system property that names the root. */
    public static final String PROPERTY = "hookline.home";

    public HooklineHome {
        root = root.toAbsolutePath().normalize();
    }

    /**
     * The clone that the system property names, or else the one around the working directory, or
     * else the working directory.
     */
    public static HooklineHome find() {
        Path here = Path.of("").toAbsolutePath();
        return new HooklineHome(
                Optional.ofNullable(System.getProperty(PROPERTY))
                        .map(Path::of)
                        .or(() -> cloneAround(here))
                        .orElse(here));
    }

    private static Optional<Path> cloneAround(Path here) {
        return Stream.iterate(here, folder -> folder != null, Path::getParent)
                .filter(folder -> Files.isDirectory(folder.resolve("examples/models")))
                .findFirst();
    }

    /** Where things are kept that can be made again. */
    public Path cache() {
        return root.resolve(".hookline");
    }
}
