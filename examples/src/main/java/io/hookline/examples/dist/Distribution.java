/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.dist;

import io.hookline.examples.models.HooklineHome;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A class path, sorted by where its jars belong on a Flink cluster.
 *
 * <p>Entries are jars, or folders of classes where a build has not packaged them yet.
 *
 * @param flink what a Flink distribution has
 * @param lib what brings or calls native code, and what that needs: loads once in a JVM, from the
 *     cluster's {@code lib/}
 * @param job all else: loads anew with every job, from its jar
 */
public record Distribution(List<Path> flink, List<Path> lib, List<Path> job) {
    private static final Pattern FLINK =
            Pattern.compile(
                    "(flink-(?!connector-kafka).*|log4j-.*|slf4j-api|commons-.*|kryo|minlog|objenesis|reflectasm|javassist"
                            + "|snappy-java|lz4-java|snakeyaml-engine|RoaringBitmap|async-profiler|jsr305)-\\d.*\\.jar");

    private static final Pattern LIB =
            Pattern.compile(
                    "(hookline-operator|hookline-schemas|onnxruntime|onnxruntime_gpu|api|tokenizers|gson|jna|tribuo-util-onnx"
                            + "|protobuf-java|avro|jackson-.*|zstd-jni|jspecify)-\\d.*\\.jar");

    /** Models that are packaged as jars; a cluster gets them as folders. */
    private static final Pattern MODELS = Pattern.compile("langchain4j-embeddings-.*\\.jar");

    /** As Flink's own naming has it, so that one pattern serves jars and folders. */
    private static final String UNPACKAGED = "hookline-%s-0.jar";

    public Distribution {
        flink = List.copyOf(flink);
        lib = List.copyOf(lib);
        job = List.copyOf(job);
    }

    /** Sorts a class path. */
    public static Distribution of(List<Path> classPath) {
        List<Path> flink = new ArrayList<>();
        List<Path> lib = new ArrayList<>();
        List<Path> job = new ArrayList<>();
        for (Path entry : classPath) {
            String name = name(entry);
            if (MODELS.matcher(name).matches()) {
                continue;
            }
            List<Path> place =
                    FLINK.matcher(name).matches() ? flink : LIB.matcher(name).matches() ? lib : job;
            place.add(entry);
        }
        return new Distribution(flink, lib, job);
    }

    /**
     * The one of this build: the classes that run, and the libraries that Maven has found for them.
     *
     * @throws NoSuchFileException when the clone has not been built
     */
    public static Distribution find(HooklineHome home) throws IOException {
        Path listed = home.root().resolve("examples/target/classpath");
        if (!Files.isRegularFile(listed)) {
            throw new NoSuchFileException(listed.toString());
        }
        Set<Path> entries = new LinkedHashSet<>();
        own().ifPresent(entries::add);
        Stream.of(Files.readString(listed).strip().split(File.pathSeparator))
                .map(Path::of)
                .forEach(entries::add);
        return of(List.copyOf(entries));
    }

    private static Optional<Path> own() throws IOException {
        try {
            return Optional.of(
                    Path.of(
                            Distribution.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI()));
        } catch (URISyntaxException e) {
            throw new IOException("can't tell where the classes of the examples are", e);
        }
    }

    /** The class path of a cluster's processes. */
    public List<Path> cluster() {
        return Stream.concat(flink.stream(), lib.stream()).toList();
    }

    /** The entry's name as a jar: {@code MODULE/target/classes} is the module's. */
    static String name(Path entry) {
        Path module = Optional.ofNullable(entry.getParent()).map(Path::getParent).orElse(entry);
        return entry.endsWith(Path.of("target", "classes"))
                ? UNPACKAGED.formatted(module.getFileName())
                : String.valueOf(entry.getFileName());
    }
}
