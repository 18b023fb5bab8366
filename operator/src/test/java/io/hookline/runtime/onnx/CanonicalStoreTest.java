/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtEnvironment;
import io.hookline.model.HookPoint;
import io.hookline.model.ModelGraph;
import io.hookline.model.Module;
import io.hookline.model.ModuleTree;
import io.hookline.model.OnnxTypes;
import io.hookline.model.Site;
import io.hookline.program.Io;
import io.hookline.runtime.Weights;
import io.hookline.schema.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CanonicalStoreTest {
    private static final String GPT2 = "gpt2-12/model.onnx";
    private static final String TICKETLM = "ticketlm/model.onnx";
    private static final String NO_CACHE = "ticketlm/variants/nocache.onnx";

    @TempDir Path folder;

    private CanonicalStore.Entry entry(String model) throws Exception {
        return new CanonicalStore(folder).entry(StoreOpening.source(model));
    }

    /** Folders in the store, half-built ones too. */
    private List<String> folders() throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private static String content(Path entry) throws IOException {
        return Files.readString(entry.resolve("seal"))
                + Checksums.crc32c(entry.resolve("canonical.onnx"))
                + Checksums.crc32c(entry.resolve("weights.data"));
    }

    @Test
    void entry_againAndAgain_isBuiltOnce() throws Exception {
        FileTime built;
        try (CanonicalStore.Entry entry = entry(GPT2)) {
            built = Files.getLastModifiedTime(entry.folder().resolve("weights.data"));
        }
        try (CanonicalStore.Entry entry = entry(GPT2)) {
            assertThat(Files.getLastModifiedTime(entry.folder().resolve("weights.data")))
                    .isEqualTo(built);
            assertThat(folders()).containsExactly(entry.folder().getFileName().toString());
        }
    }

    /** {@code e = dropout(|x|), y = -e}: ONNX Runtime drops what does nothing, hooked or not. */
    private static CanonicalStore.Source dropping(Path folder) {
        ModelProto model =
                ModelProto.newBuilder()
                        .setIrVersion(8)
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                        .setGraph(
                                GraphProto.newBuilder()
                                        .setName("dropping")
                                        .addInput(vector("x"))
                                        .addNode(node("Abs", "x", "h"))
                                        .addNode(node("Dropout", "h", "e"))
                                        .addNode(node("Neg", "e", "y"))
                                        .addOutput(vector("y")))
                        .build();
        Site site =
                new Site(
                        HookPoint.of("model.drop", Io.OUTPUT),
                        0,
                        0,
                        "e",
                        ElementType.FLOAT32,
                        Site.Layout.SEQUENCE,
                        4,
                        List.of(new ModelGraph.Edge(2, 0)),
                        List.of());
        return new CanonicalStore.Source(
                "dropping",
                ModelGraph.of(model),
                ModuleTree.of(
                        "by hand", List.of(new Module("model.drop", "Dropout", List.of(site)))),
                folder,
                new CanonicalStore.Form(Weights.AS_STORED, true));
    }

    private static ValueInfoProto vector(String name) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxTypes.tensorOfAnyShape(ElementType.FLOAT32))
                .build();
    }

    private static NodeProto node(String op, String input, String output) {
        return NodeProto.newBuilder().setOpType(op).addInput(input).addOutput(output).build();
    }

    @Test
    void entry_ofAModelWhoseHookedTensorIsOptimisedAway_keepsIt() throws Exception {
        try (CanonicalStore.Entry entry = new CanonicalStore(folder).entry(dropping(folder))) {
            assertThat(entry.graph().getGraph().getNodeList())
                    .flatExtracting(NodeProto::getOutputList)
                    .contains("e");
        }
    }

    @Test
    void entry_onAFullDisk_isRefusedBeforeAnythingIsWritten() throws Exception {
        CanonicalStore full = new CanonicalStore(folder, 1 << 30, at -> 1_000);
        assertThatThrownBy(() -> full.entry(StoreOpening.source(TICKETLM)))
                .isInstanceOf(IOException.class)
                .hasMessageMatching(
                        "the model needs \\d+ bytes in the cache folder '.*' and 1000 are free; .*");
        assertThat(folders()).isEmpty();
    }

    /** Files really can't be written to their end. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void entry_whenTheDiskFillsUpMeanwhile_isNotThereAndIsBuiltLater(@TempDir Path natives)
            throws Exception {
        unpackOnnxRuntime(natives);
        Process process = StoreOpening.startOnAFullDisk(folder, natives, 2_000);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(1);
        assertThat(output).contains("was full before the model was written");
        assertThat(folders()).isEmpty();
        entry(GPT2).close();
        assertThat(folders()).hasSize(1);
    }

    private static void unpackOnnxRuntime(Path target) throws Exception {
        Path jar =
                Path.of(
                        OrtEnvironment.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        String platform = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x64";
        try (FileSystem files = FileSystems.newFileSystem(jar);
                Stream<Path> libraries =
                        Files.list(files.getPath("ai/onnxruntime/native/linux-" + platform))) {
            for (Path library : libraries.toList()) {
                Files.copy(library, target.resolve(library.getFileName().toString()));
            }
        }
    }

    @Test
    void entry_whenOthersTakeTheRoom_removesThoseThatNobodyUses() throws Exception {
        entry(GPT2).close();
        String unused = folders().get(0);
        CanonicalStore tight =
                new CanonicalStore(
                        folder,
                        1 << 30,
                        at -> Files.exists(at.resolve(unused)) ? 1_000 : Long.MAX_VALUE);
        try (CanonicalStore.Entry entry = tight.entry(StoreOpening.source(TICKETLM))) {
            assertThat(folders()).containsExactly(entry.folder().getFileName().toString());
        }
    }

    @Test
    void entry_ofThreadsAndProcessesAtOnce_isOneAndIntact() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            processes.add(StoreOpening.start(folder));
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        CyclicBarrier start = new CyclicBarrier(4);
        List<Future<String>> found = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            found.add(
                    threads.submit(
                            () -> {
                                start.await();
                                try (CanonicalStore.Entry entry = entry(GPT2)) {
                                    return "entry " + entry.folder().getFileName();
                                }
                            }));
        }
        String first = found.get(0).get();
        for (Future<String> each : found) {
            assertThat(each.get()).isEqualTo(first);
        }
        for (Process process : processes) {
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(output).contains(first);
            assertThat(process.waitFor()).isZero();
        }
        threads.shutdown();
        assertThat(folders()).containsExactly(first.substring("entry ".length()));
        Path built = folder.resolve(first.substring("entry ".length()));
        FileTime time = Files.getLastModifiedTime(built.resolve("weights.data"));
        entry(GPT2).close();
        assertThat(Files.getLastModifiedTime(built.resolve("weights.data"))).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"truncated", "flipped", "missing", "unsealed"})
    void entry_thatIsDamaged_isBuiltAgain(String damage) throws Exception {
        Path built;
        String intact;
        try (CanonicalStore.Entry entry = entry(GPT2)) {
            built = entry.folder();
            intact = content(built);
        }
        switch (damage) {
            case "truncated" -> truncate(built.resolve("weights.data"));
            case "flipped" -> flip(built.resolve("canonical.onnx"));
            case "missing" -> Files.delete(built.resolve("canonical.onnx"));
            default -> Files.delete(built.resolve("seal"));
        }
        try (CanonicalStore.Entry entry = entry(GPT2)) {
            assertThat(entry.folder()).isEqualTo(built);
            assertThat(content(built)).isEqualTo(intact);
            assertThat(folders()).hasSize(1);
        }
    }

    private static void truncate(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
    }

    private static void flip(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, channel.size() / 3);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) ~one.get(0)}), channel.size() / 3);
        }
    }

    @Test
    void folder_ofADeadProcess_isLeftAloneUntilItIsOld() throws Exception {
        Path young = Files.createDirectories(folder.resolve(".building-young"));
        Path old = Files.createDirectories(folder.resolve(".building-old"));
        Files.writeString(old.resolve("weights.data"), "half");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        entry(GPT2).close();
        assertThat(young).exists();
        assertThat(old).doesNotExist();
    }

    @Test
    void store_thatIsTooBig_losesWhatWasUsedLongestAgo() throws Exception {
        CanonicalStore small = new CanonicalStore(folder, 15_000_000);
        Path first;
        Path second;
        Path third;
        try (CanonicalStore.Entry entry = small.entry(StoreOpening.source(TICKETLM))) {
            first = entry.folder();
        }
        try (CanonicalStore.Entry entry = small.entry(StoreOpening.source(GPT2))) {
            second = entry.folder();
        }
        age(first, 1);
        age(second, 2);
        assertThat(first).exists();
        try (CanonicalStore.Entry entry = small.entry(StoreOpening.source(NO_CACHE))) {
            third = entry.folder();
        }
        assertThat(second).doesNotExist();
        assertThat(third).exists();
        assertThat(bytes()).isLessThanOrEqualTo(15_000_000);
    }

    private void age(Path entry, int hours) throws IOException {
        Files.setLastModifiedTime(
                folder.resolve(entry.getFileName() + ".use"),
                FileTime.from(Instant.now().minus(Duration.ofHours(hours))));
    }

    private long bytes() throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    @Test
    void store_thatIsTooBig_keepsWhatIsInUse() throws Exception {
        CanonicalStore tiny = new CanonicalStore(folder, 1);
        try (CanonicalStore.Entry used = tiny.entry(StoreOpening.source(GPT2))) {
            Path other;
            try (CanonicalStore.Entry entry = tiny.entry(StoreOpening.source(TICKETLM))) {
                other = entry.folder();
                assertThat(used.folder()).exists();
                assertThat(other).exists();
            }
            tiny.entry(StoreOpening.source(NO_CACHE)).close();
            assertThat(other).doesNotExist();
            assertThat(used.folder()).exists();
        }
    }
}
