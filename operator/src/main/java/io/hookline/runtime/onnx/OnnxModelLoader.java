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
import java.nio.file.Path;

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
            ModelDescription model =
                    ModelDescription.read(folder, new ShapeScan(Ort.environment()));
            return opening.open(new Described(folder, folder.digest(proto), model));
        } catch (ModelException e) {
            throw new ModelLoadException(e.code(), String.valueOf(e.getMessage()), e);
        } catch (OrtException e) {
            throw new ModelLoadException(
                    ErrorCode.UNSUPPORTED_MODEL,
                    "ONNX Runtime can't load '%s': %s".formatted(spec.path(), e.getMessage()),
                    e);
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
            ModelSpec spec, ModelDescription model, CanonicalStore.Entry entry) {
        CanonicalGraph canonical =
                new CanonicalGraph(
                        model.graph(),
                        ModelGraph.of(entry.graph()),
                        model.tree(),
                        model.signature());
        return new OnnxPassEngine(
                canonical,
                model.signature(),
                new OnnxPassEngine.Setting(entry.folder(), spec.device(), spec.threads(), PLANS));
    }

    private static OnnxModelPlanner planner(ModelSpec spec, Described described)
            throws IOException, ModelLoadException {
        ModelDescription model = described.model();
        ModelInfo info =
                new ModelInfo(
                        spec.name().orElseGet(described.folder()::name),
                        described.digest(),
                        model.tree(),
                        model.signature(),
                        model.limits());
        return new OnnxModelPlanner(
                info, OnnxTokenizer.open(tokenizerFile(spec, described.folder())));
    }

    private static Path tokenizerFile(ModelSpec spec, ModelFolder folder)
            throws ModelLoadException {
        return spec.tokenizer()
                .or(folder::tokenizer)
                .orElseThrow(
                        () ->
                                new ModelLoadException(
                                        ErrorCode.UNSUPPORTED_MODEL,
                                        "no 'tokenizer.json' beside '%s' or up to two folders above"
                                                .formatted(folder.model())));
    }
}
