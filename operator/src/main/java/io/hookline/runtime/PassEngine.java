/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

import io.hookline.plan.Structure;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What runs single passes: a model with its compiled structures. Thread-safe. */
public interface PassEngine {
    /**
     * Runs one pass.
     *
     * @param request what to run; the KV cache that it continues stays the caller's
     * @throws RuntimeInferenceException when the engine refuses it or fails
     */
    PassResult run(PassRequest request) throws RuntimeInferenceException;

    /**
     * Runs one pass that is cut where Java code waits: at those cuts, and at the structure's calls.
     * Code that replaces nothing leaves every bit as in the uncut pass.
     *
     * @param request as for {@link #run(PassRequest)}
     * @throws IllegalArgumentException when a replacement doesn't fit
     * @throws RuntimeInferenceException when the engine refuses it or fails
     */
    PassResult run(PassRequest request, PassCuts cuts) throws RuntimeInferenceException;

    /** Whether a pass of that structure begins at once, because its plan is compiled. */
    default boolean isReady(Structure structure) {
        return true;
    }

    /**
     * Compiles the plan of a structure beside whatever runs.
     *
     * @return done when a pass is worth a try, never with a failure: that one the next pass of that
     *     structure meets with
     */
    default CompletableFuture<Void> prepare(Structure structure) {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * A new KV cache of rows of other ones, in that order, aligned at their ends: in front of the
     * shorter ones there are zeros, to be masked. The other caches stay open.
     *
     * @param rows at least one, of caches that this engine made
     */
    KvCache gather(List<KvRow> rows) throws RuntimeInferenceException;

    /**
     * Some neighbouring tokens of one row of a KV cache.
     *
     * @param from the first token
     * @param to the first token behind them
     */
    record KvRow(KvCache cache, int row, int from, int to) {
        /** How many tokens. */
        public int length() {
            return to - from;
        }
    }

    /**
     * One pass: a structure, everything it may be fed with, and the KV cache so far.
     *
     * @param feeds may hold more than the structure needs
     */
    record PassRequest(
            Structure structure, List<HostTensor> feeds, int batch, Optional<KvCache> past) {
        public PassRequest {
            feeds = List.copyOf(feeds);
        }
    }

    /**
     * What a pass gave. Taps and logits are memory of the engine that is valid until the result is
     * closed; the KV cache is handed over and outlives it.
     *
     * @param taps what taps gave, then what gauges gave, both in the structure's order
     * @param cache what the next pass continues, to be closed by whom it was handed to
     * @param memory gives back what taps and logits lie in; idempotent
     */
    record PassResult(
            List<Output> taps, Optional<Output> logits, Optional<KvCache> cache, Runnable memory)
            implements AutoCloseable {
        public PassResult {
            taps = List.copyOf(taps);
        }

        /** A result that lies in memory of its own. */
        public PassResult(List<Output> taps, Optional<Output> logits, Optional<KvCache> cache) {
            this(taps, logits, cache, () -> {});
        }

        /** The same result in memory that somebody wants back. */
        public PassResult in(Runnable other) {
            return new PassResult(taps, logits, cache, other);
        }

        @Override
        public void close() {
            memory.run();
        }
    }

    /**
     * One tensor that came out.
     *
     * @param data little-endian, position 0, limit at its end
     */
    record Output(long[] shape, ByteBuffer data) {}

    /** Keys and values of the tokens so far, in the engine's memory. Owned by one holder. */
    interface KvCache extends AutoCloseable {
        @Override
        void close();
    }
}
