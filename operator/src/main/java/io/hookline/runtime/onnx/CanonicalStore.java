/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.hookline.graph.Fusion;
import io.hookline.graph.Int8Weights;
import io.hookline.graph.Pinning;
import io.hookline.model.ModelException;
import io.hookline.model.ModelGraph;
import io.hookline.model.ModuleTree;
import io.hookline.runtime.Weights;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Canonical graphs in a cache folder. A model is optimised once with every hook pinned and saved
 * with its weights packed for this processor; all plans derive from that file and run the same
 * kernels, bit for bit. Several processes may build the same entry: each builds aside and the first
 * to finish wins. What was used longest ago goes when there is too much, but nothing in use.
 */
final class CanonicalStore {
    /** Part of every key; changes whenever what is stored changes. */
    private static final String FORMAT = "8";

    private static final String GRAPH = "canonical.onnx";
    private static final String WEIGHTS = "weights.data";
    private static final String SEAL = "seal";

    private static final String LOCK = "lock";
    private static final long MAX_BYTES = 8L << 30;

    private final Path folder;
    private final long maxBytes;
    private final FreeSpace space;

    /** Says how much may still be written to a folder. */
    interface FreeSpace {
        /** Bytes that are free where that folder is. */
        long at(Path folder) throws IOException;
    }

    /**
     * A canonical graph and the folder that its weights are in, which stays until the entry is
     * closed.
     */
    record Entry(ModelProto graph, Path folder, StoreLease lease) implements AutoCloseable {
        @Override
        public void close() {
            lease.close();
        }
    }

    /**
     * What an entry is made from.
     *
     * @param externalData the folder that the graph's weights are in
     */
    record Source(String digest, ModelGraph graph, ModuleTree tree, Path externalData, Form form) {}

    /**
     * How the weights are kept.
     *
     * @param packed whether they are laid out for this processor besides, which no GPU reads
     */
    record Form(Weights weights, boolean packed) {}

    /**
     * How a graph is optimised and saved.
     *
     * @param weights the folder that they are read from
     * @param packed whether they are saved as this processor wants them, too
     */
    private record Saving(OptLevel level, Path weights, boolean packed) {}

    /** A store of at most 8 GiB. */
    CanonicalStore(Path folder) {
        this(folder, MAX_BYTES);
    }

    /**
     * @param maxBytes what entries that nobody uses may make the store exceed no longer than until
     *     the next one is built
     */
    CanonicalStore(Path folder, long maxBytes) {
        this(folder, maxBytes, at -> Files.getFileStore(at).getUsableSpace());
    }

    CanonicalStore(Path folder, long maxBytes, FreeSpace space) {
        this.folder = folder.toAbsolutePath().normalize();
        this.maxBytes = maxBytes;
        this.space = space;
    }

    /** The entry of a model, built first when there is none or when it is damaged. */
    Entry entry(Source source) throws IOException, OrtException, ModelException {
        ModelProto pinned = Pinning.pinned(source.graph(), source.tree());
        String key = key(source, pinned);
        Files.createDirectories(folder);
        StoreLease lease = StoreLease.take(new StoreFiles(folder).claim(key));
        boolean opened = false;
        try {
            Entry entry = open(folder.resolve(key), source, pinned, lease);
            opened = true;
            return entry;
        } finally {
            if (!opened) {
                lease.close();
            }
        }
    }

    private Entry open(Path entry, Source source, ModelProto pinned, StoreLease lease)
            throws IOException, OrtException, ModelException {
        if (!isIntact(entry)) {
            build(entry, source, pinned);
            new StoreFiles(folder).shrink(maxBytes);
        }
        return new Entry(Pinning.unpinned(read(entry), source.graph().outputs()), entry, lease);
    }

    private void build(Path entry, Source source, ModelProto pinned)
            throws IOException, OrtException, ModelException {
        new StoreFiles(folder).removeAbandoned();
        long needed = bytes(pinned);
        makeRoom(needed);
        Path aside = folder.resolve(".building-" + UUID.randomUUID());
        Files.createDirectory(aside);
        try {
            optimise(aside, source, pinned, needed);
            Files.writeString(aside.resolve(SEAL), seal(aside));
            StoreLease.exclusively(folder.resolve(LOCK), () -> publish(aside, entry));
        } finally {
            StoreFiles.delete(aside);
        }
    }

    /** A disk that is full is found before it is written to; entries that nobody uses go first. */
    private void makeRoom(long needed) throws IOException {
        if (space.at(folder) < needed) {
            new StoreFiles(folder).shrink(0);
        }
        long free = space.at(folder);
        if (free < needed) {
            throw new IOException(
                    "the model needs %d bytes in the cache folder '%s' and %d are free; make room, or name another folder with HOOKLINE_CACHE"
                            .formatted(needed, folder, free));
        }
    }

    /** What is packed takes more than what is known before, and others write to the disk, too. */
    private void optimise(Path target, Source source, ModelProto pinned, long needed)
            throws IOException, OrtException, ModelException {
        try {
            optimise(target, source, pinned);
        } catch (OrtException failed) {
            if (space.at(folder) < needed) {
                throw new IOException(
                        "the disk of the cache folder '%s' was full before the model was written; make room, or name another folder with HOOKLINE_CACHE"
                                .formatted(folder),
                        failed);
            }
            throw failed;
        }
    }

    /** What the graph and its weights take at least. */
    private static long bytes(ModelProto model) {
        return model.getSerializedSize()
                + model.getGraph().getInitializerList().stream()
                        .flatMap(tensor -> tensor.getExternalDataList().stream())
                        .filter(entry -> entry.getKey().equals("length"))
                        .mapToLong(entry -> Long.parseLong(entry.getValue()))
                        .sum();
    }

    /** Puts a new entry in place unless an intact one is there by now. */
    private void publish(Path aside, Path entry) throws IOException {
        if (isIntact(entry)) {
            return;
        }
        if (Files.exists(entry)) {
            Path damaged = folder.resolve(".damaged-" + UUID.randomUUID());
            Files.move(entry, damaged, StandardCopyOption.ATOMIC_MOVE);
            StoreFiles.delete(damaged);
        }
        Files.move(aside, entry, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * BASIC keeps each tensor what it is, and folds constants, so that patterns are plain to see.
     */
    private static void optimise(Path target, Source source, ModelProto pinned)
            throws IOException, OrtException, ModelException {
        Path plain = target.resolve("plain");
        Files.createDirectory(plain);
        save(plain, pinned, new Saving(OptLevel.BASIC_OPT, source.externalData(), false));
        if (!Pinning.isWhole(read(plain), pinned)) {
            // ONNX Runtime drops nodes that do nothing, though somebody hooks what they make.
            StoreFiles.delete(plain);
            Files.createDirectory(plain);
            save(plain, pinned, new Saving(OptLevel.NO_OPT, source.externalData(), false));
        }
        Form form = source.form();
        ModelProto fused = form.packed() ? Fusion.fused(read(plain)) : read(plain);
        // What ONNX Runtime 1.28 saves of packed 8-bit weights, it reads back as garbage.
        boolean packed = form.packed() && form.weights() == Weights.AS_STORED;
        ModelProto whole = form.weights() == Weights.AS_STORED ? fused : int8(fused, plain);
        save(target, whole, new Saving(OptLevel.NO_OPT, plain, packed));
        StoreFiles.delete(plain);
    }

    private static ModelProto int8(ModelProto model, Path folder)
            throws IOException, ModelException {
        try (WeightFiles files = new WeightFiles(folder)) {
            return Int8Weights.convert(model, files)
                    .orElseThrow(
                            () ->
                                    new ModelException(
                                            ErrorCode.UNSUPPORTED_MODEL,
                                            "the model has no float32 matrices that could be 'int8' weights"));
        }
    }

    private static void save(Path target, ModelProto model, Saving saving) throws OrtException {
        try (OrtSession.SessionOptions options = Ort.options(1)) {
            options.setOptimizationLevel(saving.level());
            // Merging equal nodes would merge the groups of reads.
            options.addConfigEntry(
                    "optimization.disable_specified_optimizers", "CommonSubexpressionElimination");
            options.setOptimizedModelFilePath(target.resolve(GRAPH).toString());
            options.addConfigEntry(
                    "session.optimized_model_external_initializers_file_name", WEIGHTS);
            options.addConfigEntry(
                    "session.optimized_model_external_initializers_min_size_in_bytes", "1024");
            options.addConfigEntry(
                    saving.packed()
                            ? "session.save_external_prepacked_constant_initializers"
                            : "session.disable_prepacking",
                    "1");
            options.addConfigEntry(
                    "session.model_external_initializers_file_folder_path",
                    saving.weights().toString());
            Ort.environment().createSession(model.toByteArray(), options).close();
        }
    }

    private static ModelProto read(Path entry) throws IOException {
        try (var in = Files.newInputStream(entry.resolve(GRAPH))) {
            return ModelProto.parseFrom(in);
        }
    }

    private static String key(Source source, ModelProto pinned) {
        MessageDigest digest = sha256();
        List<String> parts =
                List.of(
                        FORMAT,
                        source.digest(),
                        Ort.environment().getVersion(),
                        source.form().packed() ? "cpu" : "gpu",
                        processor());
        parts.forEach(part -> digest.update((part + "\n").getBytes(UTF_8)));
        Weights weights = source.form().weights();
        if (weights != Weights.AS_STORED) {
            digest.update((weights.wireName() + "\n").getBytes(UTF_8));
        }
        pinned.getGraph()
                .getOutputList()
                .forEach(o -> digest.update((o.getName() + "\n").getBytes(UTF_8)));
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    /** The processor's name: how weights are packed depends on what it can do. */
    private static String processor() {
        Path info = Path.of("/proc/cpuinfo");
        if (Files.isReadable(info)) {
            try (Stream<String> lines = Files.lines(info)) {
                return String.join(
                        "|",
                        lines.takeWhile(line -> !line.isBlank())
                                .filter(
                                        line ->
                                                line.startsWith("model name")
                                                        || line.startsWith("flags"))
                                .toList());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException("can't read " + info, e);
            }
        }
        return System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }

    private static boolean isIntact(Path entry) throws IOException {
        Path seal = entry.resolve(SEAL);
        return Files.exists(seal)
                && Files.exists(entry.resolve(GRAPH))
                && Files.readString(seal).equals(seal(entry));
    }

    /** Lengths and checksums of what an entry consists of. */
    private static String seal(Path entry) throws IOException {
        StringBuilder seal = new StringBuilder();
        for (String name : List.of(GRAPH, WEIGHTS)) {
            Path file = entry.resolve(name);
            if (Files.exists(file)) {
                seal.append(name).append(' ').append(Files.size(file)).append(' ');
                seal.append(Checksums.crc32c(file)).append('\n');
            }
        }
        return seal.toString();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
