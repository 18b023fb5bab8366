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
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelLoader;
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
        try {
            return open(spec);
        } catch (ModelException e) {
            throw new ModelLoadException(e.code(), String.valueOf(e.getMessage()), e);
        } catch (OrtException e) {
            throw new ModelLoadException(
                    ErrorCode.UNSUPPORTED_MODEL,
                    "ONNX Runtime can't load '%s': %s".formatted(spec.path(), e.getMessage()),
                    e);
        }
    }

    private ModelRuntime open(ModelSpec spec)
            throws IOException, ModelException, ModelLoadException, OrtException {
        ModelFolder folder = ModelFolder.find(spec.path());
        ModelProto proto = folder.read();
        String digest = folder.digest(proto);
        ModelDescription model = ModelDescription.read(folder, new ShapeScan(Ort.environment()));
        Path weights = requireNonNull(folder.model().toAbsolutePath().getParent(), "folder");
        CanonicalStore.Entry entry =
                store.entry(
                        new CanonicalStore.Source(digest, model.graph(), model.tree(), weights));
        CanonicalGraph canonical =
                new CanonicalGraph(
                        model.graph(),
                        ModelGraph.of(entry.graph()),
                        model.tree(),
                        model.signature());
        ModelInfo info =
                new ModelInfo(
                        spec.name().orElseGet(folder::name),
                        digest,
                        model.tree(),
                        model.signature(),
                        model.limits());
        OnnxTokenizer tokenizer = OnnxTokenizer.open(tokenizerFile(spec, folder));
        OnnxPassEngine engine =
                new OnnxPassEngine(
                        canonical,
                        model.signature().past(),
                        new OnnxPassEngine.Setting(
                                entry.folder(), spec.device(), spec.threads(), PLANS));
        return new OnnxModelRuntime(info, engine, tokenizer);
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
