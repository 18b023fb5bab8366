/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.model.ModelDescription;
import io.hookline.model.ModelFolder;
import io.hookline.model.TestModels;
import io.hookline.runtime.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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
        return start(command(List.of(), store.toString()));
    }

    /**
     * Starts a process that can't write a file of more than so many half kilobytes, and whose store
     * sees a full disk as soon as something has been written.
     *
     * @param natives a folder with ONNX Runtime's libraries, which can't be unpacked then
     */
    static Process startOnAFullDisk(Path store, Path natives, int blocks) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "sh",
                                "-c",
                                "ulimit -f $0 && exec \"$@\"",
                                Integer.toString(blocks)));
        command.addAll(
                command(
                        List.of("-XX:-UsePerfData", "-Donnxruntime.native.path=" + natives),
                        store.toString(),
                        "full"));
        return start(command);
    }

    private static List<String> command(List<String> jvm, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(StoreOpening.class.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    private static Process start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        return builder.start();
    }

    /**
     * Takes the store's folder and prints the entry's once it is there.
     *
     * @param args the store's folder, and whether the disk is full
     */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        CanonicalStore store =
                args.length == 1
                        ? new CanonicalStore(folder)
                        : new CanonicalStore(folder, 1 << 30, StoreOpening::untilItIsWrittenTo);
        try (CanonicalStore.Entry entry = store.entry(source("gpt2-12/model.onnx"))) {
            System.out.println("entry " + entry.folder().getFileName());
        }
    }

    private static long untilItIsWrittenTo(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.anyMatch(Files::isDirectory) ? 0 : Long.MAX_VALUE;
        }
    }
}
