/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.hookline.model.ModelSignature;
import io.hookline.model.TestModels;
import io.hookline.runtime.HostTensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What passes of equal lengths share is made once, and is right for each. */
final class PreamblesTest {
    private static final int TOKENS = 6;

    @TempDir static Path cache;

    private static PassFixture model;
    private static ModelSignature signature;
    private static EmptyCaches empty;

    private final AtomicInteger runs = new AtomicInteger();
    private Preambles preambles;

    @BeforeAll
    static void openModel() {
        Path path = TestModels.path("ticketlm");
        model = PassFixture.open(path, cache);
        signature = TestModels.describe(path).signature();
        empty = new EmptyCaches(signature.past());
    }

    @AfterAll
    static void closeModel() {
        empty.close();
        model.close();
    }

    @BeforeEach
    void open() throws OrtException {
        try (OrtSession.SessionOptions options = Ort.options(1)) {
            options.addConfigEntry(
                    "session.model_external_initializers_file_folder_path",
                    model.weights().toString());
            preambles = Preambles.open(model.canonical().preamble(), options);
        }
    }

    @AfterEach
    void close() {
        preambles.close();
    }

    @Test
    void of_textsThatLieAlike_runsOnce() throws Exception {
        try (Preambles.Made one = made(feeds(1, 0, 1));
                Preambles.Made other = made(feeds(1, 0, 700))) {
            assertThat(runs).hasValue(1);
            assertThat(other).isSameAs(one);
            assertThat(one.tensors().keySet()).isEqualTo(preambles.outputs().keySet());
            assertThat(one.tensors()).isNotEmpty();
        }
    }

    @Test
    void of_anotherMaskPositionOrLength_isAnother() throws Exception {
        List<Map<String, ByteBuffer>> seen = new ArrayList<>();
        for (List<HostTensor> feeds :
                List.of(feeds(1, 0, 1), feeds(1, 2, 1), feeds(2, 0, 1), later(feeds(1, 0, 1)))) {
            try (Preambles.Made made = made(feeds)) {
                seen.add(bytes(made));
            }
        }

        assertThat(runs).hasValue(4);
        assertThat(seen).doesNotHaveDuplicates();
    }

    @Test
    void of_afterOthers_givesTheSameBytes() throws Exception {
        Map<String, ByteBuffer> first;
        try (Preambles.Made made = made(feeds(3, 0, 1))) {
            first = bytes(made);
        }
        for (int closed = 1; closed < TOKENS; closed++) {
            made(feeds(3, closed, 1)).close();
        }
        try (Preambles.Made made = made(feeds(3, 0, 1))) {
            assertThat(bytes(made)).isEqualTo(first);
        }
    }

    @Test
    void bytes_ofManyLongTexts_stayBounded() throws Exception {
        int passes = 24;
        for (int text = 0; text < passes; text++) {
            made(feeds(1 + text % 2, text, 512, 1)).close();
        }

        assertThat(runs).hasValue(passes);
        assertThat(preambles.bytes()).isBetween(1L << 20, 8L << 20);
    }

    @Test
    void close_whileSomethingIsHeld_leavesThatOpen() throws Exception {
        Preambles.Made held = made(feeds(1, 0, 1));
        Map<String, ByteBuffer> before = bytes(held);

        preambles.close();

        assertThat(bytes(held)).isEqualTo(before);
        held.close();
        OnnxTensor any = held.tensors().values().iterator().next();
        assertThatThrownBy(any::getByteBuffer).isInstanceOf(IllegalStateException.class);
    }

    private Preambles.Made made(List<HostTensor> feeds) throws OrtException {
        int batch = (int) feeds.get(0).shape()[0];
        Map<String, OnnxTensor> past = empty.of(batch).tensors();
        return preambles.of(
                feeds,
                past,
                (Set<String> names) -> {
                    runs.incrementAndGet();
                    return PassInputs.of(feeds, past, names);
                });
    }

    private static Map<String, ByteBuffer> bytes(Preambles.Made made) {
        Map<String, ByteBuffer> bytes = new TreeMap<>();
        made.tensors().forEach((name, tensor) -> bytes.put(name, tensor.getByteBuffer()));
        return bytes;
    }

    private static List<HostTensor> feeds(int batch, int closed, long token) {
        return feeds(batch, closed, TOKENS, token);
    }

    /** Rows of one token, with some first positions that are masked. */
    private static List<HostTensor> feeds(int batch, int closed, int tokens, long token) {
        long[] shape = {batch, tokens};
        long[] ids = new long[batch * tokens];
        Arrays.fill(ids, token);
        long[] mask = new long[batch * tokens];
        Arrays.setAll(mask, at -> at % tokens < closed ? 0 : 1);
        long[] positions = new long[batch * tokens];
        Arrays.setAll(positions, at -> at % tokens);
        return List.of(
                HostTensor.ofLongs(signature.inputIds(), shape, ids),
                HostTensor.ofLongs(signature.attentionMask().orElseThrow(), shape, mask),
                HostTensor.ofLongs(signature.positionIds().orElseThrow(), shape, positions));
    }

    /** The same one position later. */
    private static List<HostTensor> later(List<HostTensor> feeds) {
        HostTensor positions = feeds.get(2);
        long[] moved = new long[positions.data().asLongBuffer().remaining()];
        Arrays.setAll(moved, at -> positions.data().asLongBuffer().get(at) + 1);
        return List.of(
                feeds.get(0),
                feeds.get(1),
                HostTensor.ofLongs(positions.name(), positions.shape(), moved));
    }
}
