/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.kafka.SourceEventTypeInfo;
import io.hookline.operator.HooklineOptions;
import io.hookline.operator.InvocationStream;
import io.hookline.operator.JobStart;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.EventFormat;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Events that generate, through a Flink job of this JVM: the invocation operator's, or one with an
 * asynchronous function in its place. Both have as many threads and as many events at once.
 */
final class StreamedGenerations {
    private final Setting setting;
    private final List<SourceEvent> events;

    /**
     * What runs.
     *
     * @param model folder or ONNX file
     * @param concurrent events that generate at once at most
     * @param warmUp events that come first and do not count
     * @param counted events that count
     */
    record Setting(String model, int threads, int concurrent, int warmUp, int counted) {
        /** Events in a job: those that generate, and some that wait to. */
        int capacity() {
            return 4 * concurrent;
        }
    }

    /** The length of every answer. */
    static final int ANSWER = 32;

    StreamedGenerations(Setting setting, Prompts prompts) {
        this.setting = setting;
        this.events = new ArrayList<>();
        for (int i = 0; i < setting.warmUp() + setting.counted(); i++) {
            events.add(event(prompts.rows()[i % prompts.batch()], i));
        }
    }

    private static SourceEvent event(int[] prompt, int offset) {
        String document =
                "{\"invocations\": [{\"tokens\": %s}], \"logits\": \"none\", \"generate\": {\"max_new_tokens\": %d, \"eos_token_ids\": []}}"
                        .formatted(Arrays.toString(prompt), ANSWER);
        return new SourceEvent(
                new SourcePosition("events", 0, offset),
                offset,
                EventFormat.JSON,
                new byte[0],
                document.getBytes(StandardCharsets.UTF_8),
                List.of());
    }

    /** The time that the counted events take through the operator. */
    Reading throughOperator() throws Exception {
        StreamExecutionEnvironment env = environment();
        Configuration options = new Configuration();
        options.set(HooklineOptions.MODEL_PATH, setting.model());
        options.set(HooklineOptions.MODEL_THREADS, 1);
        options.set(HooklineOptions.WORKERS, setting.threads());
        options.set(HooklineOptions.BATCH_MAX_SIZE, setting.concurrent());
        options.set(HooklineOptions.CAPACITY, setting.capacity());
        options.set(HooklineOptions.BATCH_MAX_WAIT, Duration.ZERO);
        DataStream<SourceEvent> control =
                env.fromData(SourceEventTypeInfo.INSTANCE, unusedVector());
        DataStream<Envelope> out =
                InvocationStream.of(stream(env), control, options, JobStart.empty());
        Finish<Envelope> finish = new Finish<>(setting.warmUp(), setting.counted());
        out.filter(envelope -> envelope.destination() instanceof Destination.Results)
                .map(finish)
                .returns(Types.INT)
                .sinkTo(new DiscardingSink<>());
        return run(env, finish);
    }

    /** The time that the counted events take through an asynchronous function. */
    Reading throughAsyncFunction(AsyncGeneration.Model model) throws Exception {
        StreamExecutionEnvironment env = environment();
        Finish<Integer> finish = new Finish<>(setting.warmUp(), setting.counted());
        AsyncDataStream.unorderedWait(
                        stream(env),
                        new AsyncGeneration(setting.threads(), model),
                        1,
                        TimeUnit.HOURS,
                        setting.capacity())
                .returns(Types.INT)
                .map(finish)
                .returns(Types.INT)
                .sinkTo(new DiscardingSink<>());
        return run(env, finish);
    }

    private static StreamExecutionEnvironment environment() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        env.getConfig().enableObjectReuse();
        return env;
    }

    private DataStream<SourceEvent> stream(StreamExecutionEnvironment env) {
        return env.fromData(events, SourceEventTypeInfo.INSTANCE);
    }

    private static SourceEvent unusedVector() {
        return new SourceEvent(
                new SourcePosition("control", 0, 0),
                0,
                EventFormat.JSON,
                new byte[0],
                "{\"put\": \"vector\", \"name\": \"unused\", \"body\": [1]}"
                        .getBytes(StandardCharsets.UTF_8),
                List.of());
    }

    private static Reading run(StreamExecutionEnvironment env, Finish<?> finish) throws Exception {
        env.execute();
        return finish.reading();
    }
}
