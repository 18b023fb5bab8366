/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.model.ModelDescription;
import io.hookline.model.ModelFolder;
import io.hookline.model.TestModels;
import io.hookline.runtime.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process that fetches the canonical graph of gpt2-12 and says where it is. */
final class StoreOpening {
    private StoreOpening() {}

    static CanonicalStore.Source source(String name) throws Exception {
        Path file = TestModels.path(name);
        ModelDescription model = TestModels.describe(file);
        ModelFolder folder = ModelFolder.find(file);
        return new CanonicalStore.Source(
                folder.digest(folder.read()),
                model.graph(),
                model.tree(),
                file.getParent(),
                new CanonicalStore.Form(Weights.AS_STORED, true));
    }

    /** Starts a process on a store's folder. */
    static Process start(Path store) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(StoreOpening.class.getName(), store.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        return builder.start();
    }

    /**
     * Takes the store's folder and prints the entry's once it is there.
     *
     * @param args the store's folder
     */
    public static void main(String[] args) throws Exception {
        try (CanonicalStore.Entry entry =
                new CanonicalStore(Path.of(args[0])).entry(source("gpt2-12/model.onnx"))) {
            System.out.println("entry " + entry.folder().getFileName());
        }
    }
}
