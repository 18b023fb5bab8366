/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.runtime.PassEngine.Output;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.onnx.PassFixture.Tokens;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Taps written to memory that is used again are what copied ones are. */
final class PlanSessionTest {
    private static final Tokens TOKENS = Tokens.of(new int[] {5, 6, 7, 8}, new int[] {9, 1, 2, 3});
    private static final Tokens OTHERS = Tokens.of(new int[] {4, 4, 4, 4}, new int[] {3, 3, 3, 3});
    private static final Tokens LONGER = Tokens.of(new int[] {5, 6, 7, 8, 9, 10, 11, 12});

    @TempDir static Path cache;

    private static PassFixture model;

    @BeforeAll
    static void open() {
        model = PassFixture.open(Path.of("src/test/resources/models/ticketlm/model.onnx"), cache);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void run_again_givesTheSameBytes() throws Exception {
        List<ByteBuffer> first = run(TOKENS);

        for (int run = 0; run < 5; run++) {
            run(OTHERS);
            run(LONGER);
            assertThat(run(TOKENS)).isEqualTo(first);
        }
    }

    @Test
    void run_whileAnEarlierResultIsOpen_leavesItAlone() throws Exception {
        List<ByteBuffer> expected = run(TOKENS);
        try (PassResult open = model.engine().run(model.request(everything(), TOKENS))) {
            assertThat(run(OTHERS)).isNotEqualTo(expected);
            assertThat(bytes(open)).isEqualTo(expected);
        }
    }

    @Test
    void close_twice_givesTheMemoryBackOnce() throws Exception {
        List<ByteBuffer> expected = run(TOKENS);
        PassResult closed = model.engine().run(model.request(everything(), TOKENS));
        closed.close();
        closed.close();
        try (PassResult one = model.engine().run(model.request(everything(), TOKENS));
                PassResult other = model.engine().run(model.request(everything(), OTHERS))) {
            assertThat(bytes(one)).isEqualTo(expected);
            assertThat(bytes(other)).isNotEqualTo(expected);
        }
    }

    @Test
    void run_fromSeveralThreads_givesEachItsOwn() throws Exception {
        List<ByteBuffer> expected = run(TOKENS);
        List<ByteBuffer> others = run(OTHERS);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<List<ByteBuffer>>> work = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Tokens tokens = i % 2 == 0 ? TOKENS : OTHERS;
                work.add(() -> run(tokens));
            }
            List<Future<List<ByteBuffer>>> done = threads.invokeAll(work);
            for (int i = 0; i < done.size(); i++) {
                assertThat(done.get(i).get()).isEqualTo(i % 2 == 0 ? expected : others);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Structure everything() {
        return model.taps(model.sites(), LogitsTap.LAST);
    }

    private static List<ByteBuffer> run(Tokens tokens) throws Exception {
        try (PassResult result = model.engine().run(model.request(everything(), tokens))) {
            return bytes(result);
        }
    }

    private static List<ByteBuffer> bytes(PassResult result) {
        List<ByteBuffer> bytes = new ArrayList<>();
        for (Output output : result.taps()) {
            byte[] each = new byte[output.data().limit()];
            output.data().get(0, each);
            bytes.add(ByteBuffer.wrap(each));
        }
        assertThat(bytes).isNotEmpty();
        return bytes;
    }
}
