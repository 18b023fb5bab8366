/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static java.util.Objects.requireNonNull;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OrtException;
import io.hookline.graph.CanonicalGraph;
import io.hookline.model.ModelDescription;
import io.hookline.model.ModelException;
import io.hookline.model.ModelFolder;
import io.hookline.model.ModelGraph;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelLoader;
import io.hookline.runtime.ModelPlanner;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Opens ONNX models: describes them, fetches or makes their canonical graph, gets ready to compile.
 */
public final class OnnxModelLoader implements ModelLoader {
    private static final int PLANS = 64;

    private final CanonicalStore store;

    /**
     * @param cacheFolder where canonical graphs are kept, shared by any number of processes
     */
    public OnnxModelLoader(Path cacheFolder) {
        this.store = new CanonicalStore(cacheFolder);
    }

    /** The folder of {@code HOOKLINE_CACHE}, else {@code .cache/hookline} in the user's home. */
    public static Path defaultCacheFolder() {
        String configured = System.getenv("HOOKLINE_CACHE");
        return configured == null || configured.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache", "hookline")
                : Path.of(configured);
    }

    @Override
    public ModelRuntime load(ModelSpec spec) throws IOException, ModelLoadException {
        checkDevice(spec.device());
        return opening(spec, described -> runtime(spec, described));
    }

    @Override
    public ModelPlanner scan(ModelSpec spec) throws IOException, ModelLoadException {
        return opening(spec, described -> planner(spec, described));
    }

    private static void checkDevice(Device device) throws ModelLoadException {
        try {
            Ort.checkDevice(device);
        } catch (OrtException e) {
            throw new ModelLoadException(
                    ErrorCode.DEVICE_UNAVAILABLE,
                    "ONNX Runtime can't run on '%s': %s".formatted(device, e.getMessage()),
                    e);
        }
    }

    /** A model's files and what they say. */
    private record Described(ModelFolder folder, String digest, ModelDescription model) {}

    private interface Opening<T> {
        T open(Described described)
                throws IOException, ModelLoadException, ModelException, OrtException;
    }

    private static <T> T opening(ModelSpec spec, Opening<T> opening)
            throws IOException, ModelLoadException {
        try {
            ModelFolder folder = ModelFolder.find(spec.path());
            ModelProto proto = folder.read();
            String digest = folder.digest(proto);
            checkDigest(spec, digest);
            ModelDescription model =
                    ModelDescription.read(folder, proto, new ShapeScan(Ort.environment()));
            return opening.open(new Described(folder, digest, model));
        } catch (ModelException e) {
            throw new ModelLoadException(e.code(), String.valueOf(e.getMessage()), e);
        } catch (OrtException e) {
            throw new ModelLoadException(
                    ErrorCode.UNSUPPORTED_MODEL,
                    "ONNX Runtime can't load '%s': %s".formatted(spec.path(), e.getMessage()),
                    e);
        }
    }

    /** What is not the model that was meant never gets to ONNX Runtime. */
    private static void checkDigest(ModelSpec spec, String digest) throws ModelLoadException {
        Optional<String> pinned = spec.pin().digest();
        if (pinned.isPresent() && !pinned.get().equals(digest)) {
            throw new ModelLoadException(
                    ErrorCode.UNKNOWN_MODEL,
                    "the model in '%s' has digest %s, it must have %s"
                            .formatted(spec.path(), digest, pinned.get()));
        }
    }

    /** Names, sizes and times of the files in the folders that a model is read from. */
    @Override
    public String stamp(ModelSpec spec) {
        try {
            ModelFolder folder = ModelFolder.find(spec.path());
            Set<Path> folders = new TreeSet<>();
            Stream.of(Optional.of(folder.model()), spec.tokenizer().or(folder::tokenizer))
                    .flatMap(Optional::stream)
                    .forEach(file -> folders.add(file.toAbsolutePath().getParent()));
            StringBuilder stamp = new StringBuilder();
            for (Path each : folders) {
                stamp(each, stamp);
            }
            return stamp.toString();
        } catch (IOException | ModelException | UncheckedIOException unreadable) {
            return "";
        }
    }

    private static void stamp(Path folder, StringBuilder stamp) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                stamp.append(file)
                        .append(' ')
                        .append(Files.size(file))
                        .append(' ')
                        .append(Files.getLastModifiedTime(file))
                        .append('\n');
            }
        }
    }

    private ModelRuntime runtime(ModelSpec spec, Described described)
            throws IOException, ModelLoadException, ModelException, OrtException {
        ModelDescription model = described.model();
        Path weights = requireNonNull(described.folder().model().getParent(), "folder");
        CanonicalStore.Entry entry =
                store.entry(
                        new CanonicalStore.Source(
                                described.digest(),
                                model.graph(),
                                model.tree(),
                                weights,
                                new CanonicalStore.Form(
                                        spec.weights(), spec.device() instanceof Device.Cpu)));
        boolean opened = false;
        try {
            ModelRuntime runtime =
                    new OnnxModelRuntime(
                            planner(spec, described), engine(spec, model, entry), entry.lease());
            opened = true;
            return runtime;
        } finally {
            if (!opened) {
                entry.close();
            }
        }
    }

    private static OnnxPassEngine engine(
            ModelSpec spec, ModelDescription model, CanonicalStore.Entry entry)
            throws IOException, OrtException {
        CanonicalGraph canonical =
                new CanonicalGraph(
                        model.graph(),
                        ModelGraph.of(entry.graph()),
                        model.tree(),
                        model.signature());
        return OnnxPassEngine.open(
                canonical,
                model.signature(),
                new OnnxPassEngine.Setting(
                        OnnxPassEngine.WeightFolder.of(entry.folder()),
                        spec.device(),
                        spec.threads(),
                        PLANS));
    }

    private static OnnxModelPlanner planner(ModelSpec spec, Described described)
            throws IOException, ModelLoadException {
        ModelDescription model = described.model();
        ModelInfo info =
                new ModelInfo(
                        spec.name().orElseGet(described.folder()::name),
                        spec.pin().version(),
                        described.digest(),
                        model.tree(),
                        model.signature(),
                        model.limits());
        return new OnnxModelPlanner(info, codec(spec, described.folder()));
    }

    private static TextCodec codec(ModelSpec spec, ModelFolder folder)
            throws IOException, ModelLoadException {
        Optional<Path> file = spec.tokenizer().or(folder::tokenizer);
        return file.isPresent()
                ? OnnxTokenizer.open(file.get())
                : new NoTokenizer(
                        "there is no 'tokenizer.json' beside '%s' or up to two folders above"
                                .formatted(folder.model()));
    }
}
