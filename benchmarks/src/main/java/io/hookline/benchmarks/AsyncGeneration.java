/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import ai.onnxruntime.OrtException;
import io.hookline.program.Program;
import io.hookline.program.ProgramException;
import io.hookline.program.ProgramReader;
import io.hookline.program.Prompt;
import io.hookline.schema.SourceEvent;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a careful engineer writes without Hookline: an asynchronous function whose threads run ONNX
 * Runtime for one event each, on one session.
 */
final class AsyncGeneration extends RichAsyncFunction<SourceEvent, Integer> {
    private static final long serialVersionUID = 1;

    private final int threads;
    private final Model model;
    private transient @Nullable ExecutorService executor;

    /** Generates; found again in this JVM. */
    interface Model extends Serializable {
        /** So many tokens after a prompt. */
        int[] generate(int[] prompt, int tokens) throws OrtException;
    }

    AsyncGeneration(int threads, Model model) {
        this.threads = threads;
        this.model = model;
    }

    @Override
    public void open(OpenContext context) {
        executor = Executors.newFixedThreadPool(threads);
    }

    @Override
    public void asyncInvoke(SourceEvent event, ResultFuture<Integer> result) {
        ExecutorService running = executor;
        if (running == null) {
            throw new IllegalStateException("the function is not open");
        }
        running.execute(
                () -> {
                    try {
                        result.complete(List.of(tokens(event)));
                    } catch (RuntimeException failed) {
                        result.completeExceptionally(failed);
                    }
                });
    }

    private int tokens(SourceEvent event) {
        try {
            Program program = ProgramReader.read(event.value());
            List<Integer> prompt = ((Prompt.Tokens) program.invocations().get(0).prompt()).ids();
            int[] tokens = prompt.stream().mapToInt(Integer::intValue).toArray();
            return model.generate(tokens, program.steps()).length;
        } catch (ProgramException | OrtException failed) {
            throw new IllegalStateException("an event did not run", failed);
        }
    }

    @Override
    public void close() {
        ExecutorService ending = executor;
        if (ending != null) {
            ending.shutdownNow();
        }
    }
}
