/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.hookline.model.ModuleTree;
import io.hookline.model.Site;
import io.hookline.program.Io;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The least that recording everything can cost: the untouched model in plain ONNX Runtime with
 * every module's output as an output of the graph, written to memory that is made once, and copied
 * from there once, into an array of its own for each module and row. Nothing is selected, cast or
 * encoded.
 */
final class BareTaps implements AutoCloseable {
    private final OrtSession session;
    private final BareInputs inputs;
    private final int batch;
    private final List<String> modules;
    private final Map<String, OnnxValue> pinned = new HashMap<>();
    private final Map<String, ByteBuffer> memory = new LinkedHashMap<>();

    /** Opens the model and runs it once, to see what shapes come out. */
    BareTaps(BareLoop.Setting setting, ModuleTree tree, Prompts prompts)
            throws OrtException, IOException {
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(setting.model()));
        this.modules = modules(tree, model.getGraph());
        this.batch = prompts.batch();
        this.session = session(setting, withOutputs(model, modules));
        this.inputs = new BareInputs(setting.signature(), prompts);
        try (BareInputs.Fed fed = inputs.fed();
                OrtSession.Result first = session.run(fed.feeds(), Set.copyOf(modules))) {
            for (String name : Set.copyOf(modules)) {
                pin(name, (OnnxTensor) first.get(name).orElseThrow());
            }
        } catch (OrtException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** What each module hands out, by the tensor's name; several may hand out the same one. */
    private static List<String> modules(ModuleTree tree, GraphProto graph) {
        Set<String> made = new HashSet<>();
        for (NodeProto node : graph.getNodeList()) {
            made.addAll(node.getOutputList());
        }
        List<String> modules = new ArrayList<>();
        tree.modules().stream()
                .flatMap(module -> module.sites().stream())
                .filter(site -> site.point().io() == Io.OUTPUT && site.point().index() == 0)
                .map(Site::tensor)
                .filter(made::contains)
                .forEach(modules::add);
        return List.copyOf(modules);
    }

    private static ModelProto withOutputs(ModelProto model, List<String> names) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        Set<String> known = new HashSet<>();
        graph.getOutputList().forEach(output -> known.add(output.getName()));
        for (String name : names) {
            if (known.add(name)) {
                graph.addOutput(ValueInfoProto.newBuilder().setName(name));
            }
        }
        return model.toBuilder().setGraph(graph).build();
    }

    private static OrtSession session(BareLoop.Setting setting, ModelProto model)
            throws OrtException {
        try (OrtSession.SessionOptions options = BareLoop.options(setting)) {
            Path folder = setting.model().toAbsolutePath().getParent();
            options.addConfigEntry(
                    "session.model_external_initializers_file_folder_path", String.valueOf(folder));
            return BareLoop.environment().createSession(model.toByteArray(), options);
        }
    }

    private void pin(String name, OnnxTensor seen) throws OrtException {
        long[] shape = seen.getInfo().getShape();
        ByteBuffer place = BareLoop.direct(seen.getByteBuffer().remaining());
        memory.put(name, place);
        pinned.put(
                name,
                OnnxTensor.createTensor(BareLoop.environment(), place, shape, seen.getInfo().type));
    }

    /** Runs the batch; returns how many bytes were copied. */
    long run() throws OrtException {
        try (BareInputs.Fed fed = inputs.fed();
                OrtSession.Result result = session.run(fed.feeds(), Set.of(), pinned)) {
            return result.size() == pinned.size() ? copied() : 0;
        }
    }

    private long copied() {
        long bytes = 0;
        for (String module : modules) {
            ByteBuffer place = memory.get(module);
            int size = place == null ? 0 : place.capacity() / batch;
            for (int row = 0; place != null && row < batch; row++) {
                bytes += copy(place, row * size, size).length;
            }
        }
        return bytes;
    }

    private static byte[] copy(ByteBuffer place, int from, int size) {
        byte[] copy = new byte[size];
        place.get(from, copy);
        return copy;
    }

    @Override
    public void close() throws OrtException {
        pinned.values().forEach(OnnxValue::close);
        inputs.close();
        session.close();
    }
}
