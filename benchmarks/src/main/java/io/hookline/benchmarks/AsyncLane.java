/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.schema.ElementType;
import io.hookline.schema.codec.TensorCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * What a Flink user writes without Hookline: an asynchronous function that runs each event alone in
 * plain ONNX Runtime, on as many threads as Hookline has.
 */
final class AsyncLane {
    private static final String NAME = "async";
    private static final int CAPACITY = 256;
    private static final Map<String, BareLoop.Setting> SETTINGS = new ConcurrentHashMap<>();

    private AsyncLane() {}

    static Lane open(BareLoop.Setting setting, PromptFeed feed, int tokens) throws Exception {
        SETTINGS.put(NAME, setting);
        StreamExecutionEnvironment env = JobLane.environment(Duration.ZERO);
        DataStream<byte[]> events =
                JobLane.source(
                        env,
                        new TurnstileSource<>(
                                NAME,
                                feed::bytes,
                                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        AsyncDataStream.unorderedWait(events, new Inference(tokens), 1, TimeUnit.HOURS, CAPACITY)
                .map(
                        result -> {
                            Turnstile.of(NAME).end();
                            return result;
                        })
                .returns(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
                .sinkTo(new DiscardingSink<>());
        return new JobLane(Turnstile.of(NAME), env.executeAsync(NAME));
    }

    /** Runs events one by one on a thread of its own. */
    @SuppressWarnings("NullAway.Init") // Flink calls open before all else.
    private static final class Inference extends RichAsyncFunction<byte[], byte[]> {
        private static final long serialVersionUID = 1;

        private final int tokens;
        private transient ObjectMapper json;
        private transient Prompts prompts;
        private transient BareLoop bare;
        private transient ExecutorService thread;

        Inference(int tokens) {
            this.tokens = tokens;
        }

        @Override
        public void open(OpenContext context) throws Exception {
            BareLoop.Setting setting = SETTINGS.get(NAME);
            if (setting == null) {
                throw new IllegalStateException("the job runs in another process");
            }
            json = new ObjectMapper();
            prompts = new Prompts(new int[1][tokens]);
            bare = new BareLoop(setting, prompts);
            thread = Executors.newSingleThreadExecutor();
        }

        @Override
        public void asyncInvoke(byte[] event, ResultFuture<byte[]> result) {
            thread.execute(
                    () -> {
                        try {
                            result.complete(List.of(run(event)));
                        } catch (Exception e) {
                            result.completeExceptionally(e);
                        }
                    });
        }

        private byte[] run(byte[] event) throws Exception {
            JsonNode ids = json.readTree(event).get("invocations").get(0).get("tokens");
            for (int at = 0; at < tokens; at++) {
                prompts.rows()[0][at] = ids.get(at).intValue();
            }
            return TensorCodec.encode(bare.run()[0], ElementType.FLOAT32);
        }

        @Override
        public void close() throws Exception {
            if (thread != null) {
                thread.shutdown();
                thread.awaitTermination(1, TimeUnit.MINUTES);
                bare.close();
            }
        }
    }
}
