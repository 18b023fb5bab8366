/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.hookline.examples.models.HooklineHome;
import io.hookline.kafka.embedded.BrokerProcess;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import io.hookline.schema.Envelope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;

/** The suite of the stream: the operator, the sink and the whole job beside what they replace. */
final class PipelineSuite {
    private static final String BATCHED = "bare-batched";
    private static final String SINGLE = "bare-single";
    private static final String OPERATOR = "operator";
    private static final String ASYNC = "async";
    private static final String PIPELINE = "pipeline";
    private static final String SINK = "sink";
    private static final String PRODUCER = "producer";
    private static final double OF_BATCHING = 0.8;
    private static final long ROUND_BYTES = 96L << 20;
    private static final long QUICK_BYTES = 4L << 20;
    private static final Effort OF_RECORDS =
            new Effort(new Effort.Span(2, 4, 10), new Effort.Span(5, 15, 40), 0, 0);

    private final Setting setting;
    private final Stopwatch stopwatch = new Stopwatch(Runtime.getRuntime().availableProcessors());

    /**
     * What is measured and how long.
     *
     * @param model folder or ONNX file
     * @param broker the folder of the broker's jars
     * @param data where the broker keeps what it is sent
     */
    record Setting(
            Path model,
            Path cache,
            Prompts.Size size,
            int threads,
            Path broker,
            Path data,
            Effort effort) {
        /** As the options of a command say. */
        static Setting of(HooklineHome home, SuiteOptions options, PassOptions passes, Path data)
                throws IOException, ModelLoadException {
            return new Setting(
                    options.model(home),
                    home.cache().resolve("canonical"),
                    passes.size(),
                    passes.threads(),
                    home.root().resolve("examples/broker/target/broker"),
                    data,
                    options.effort());
        }

        boolean isQuick() {
            return effort.equals(Effort.QUICK);
        }
    }

    PipelineSuite(Setting setting) {
        this.setting = setting;
    }

    /** Measures everything; takes from a quarter of a minute to minutes. */
    Report run() throws Exception {
        ModelSpec spec =
                new ModelSpec(
                        setting.model(),
                        Optional.empty(),
                        Optional.empty(),
                        new Device.Cpu(),
                        setting.threads());
        try (ModelRuntime runtime = new OnnxModelLoader(setting.cache()).load(spec);
                BrokerProcess broker = BrokerProcess.start(setting.broker(), setting.data())) {
            Subject subject = Subject.of(runtime, setting.size());
            KafkaLanes kafka = new KafkaLanes(broker.bootstrapServers());
            List<Row> rows = new ArrayList<>(events(subject, kafka));
            rows.add(records(subject, kafka));
            String about =
                    String.format(
                            Locale.ROOT,
                            "batches of %s, %d threads of a forward pass",
                            setting.size(),
                            setting.threads());
            return new Report("pipeline", runtime.info().name(), setting.threads(), about, rows);
        }
    }

    private List<Row> events(Subject subject, KafkaLanes kafka) throws Exception {
        PromptFeed feed = PromptFeed.plain(subject);
        Configuration options = OperatorLane.options(setting);
        Prompts prompts = subject.prompts();
        try (BareLoop batched = bare(subject, prompts);
                BareLoop single = bare(subject, prompts.single(prompts.tokens()));
                Lane operator = OperatorLane.open(options, feed);
                Lane async = AsyncLane.open(setting(subject), feed, prompts.tokens());
                Lane pipeline = kafka.pipeline(options, feed, List.of())) {
            int events = events(batched);
            Rounds rounds =
                    Rounds.measure(
                            List.of(
                                    new Variant(
                                            BATCHED, repeated(events / prompts.batch(), batched)),
                                    new Variant(SINGLE, repeated(events, single)),
                                    new Variant(OPERATOR, () -> operator.run(events)),
                                    new Variant(ASYNC, () -> async.run(events)),
                                    new Variant(PIPELINE, () -> pipeline.run(events))),
                            stopwatch,
                            setting.effort());
            double batching = rounds.wall(SINGLE, BATCHED);
            return List.of(
                    row("pipeline-vs-ort", rounds, PIPELINE, BATCHED, Goal.none(), events),
                    row("operator-vs-ort", rounds, OPERATOR, BATCHED, Goal.atLeast(0.95), events),
                    row(
                            "forward-vs-async",
                            rounds,
                            OPERATOR,
                            ASYNC,
                            Goal.atLeast(OF_BATCHING * batching),
                            events));
        }
    }

    private Row records(Subject subject, KafkaLanes kafka) throws Exception {
        List<Envelope> envelopes =
                OperatorLane.record(
                        OperatorLane.options(setting),
                        PromptFeed.recording(subject),
                        subject.prompts().batch());
        long bytes = envelopes.stream().mapToLong(envelope -> envelope.value().length).sum();
        long wanted = setting.isQuick() ? QUICK_BYTES : ROUND_BYTES;
        int records = (int) (wanted * envelopes.size() / bytes);
        try (Lane sink = kafka.sink(envelopes);
                Lane producer = kafka.producer(envelopes)) {
            Rounds rounds =
                    Rounds.measure(
                            List.of(
                                    new Variant(SINK, () -> sink.run(records)),
                                    new Variant(PRODUCER, () -> producer.run(records))),
                            stopwatch,
                            setting.isQuick() ? setting.effort() : OF_RECORDS);
            return row("sink-vs-producer", rounds, SINK, PRODUCER, Goal.atLeast(0.9), records);
        }
    }

    /** Throughput over another's. */
    private static Row row(
            String name, Rounds rounds, String own, String other, Goal goal, int count) {
        return new Row(
                name,
                rounds.wall(other, own),
                rounds.cpu(other, own),
                goal,
                Map.of("per-second", count / rounds.seconds(own)));
    }

    private static Work repeated(int times, BareLoop loop) {
        return () -> {
            for (int i = 0; i < times; i++) {
                loop.run();
            }
        };
    }

    /** How many events take long enough to be measured: whole batches. */
    private int events(BareLoop batched) throws OrtException {
        double seconds = setting.isQuick() ? 0.1 : 1.0;
        int batches = 0;
        long begun = System.nanoTime();
        while ((System.nanoTime() - begun) / 1e9 < seconds) {
            batched.run();
            batches++;
        }
        return batches * setting.size().batch();
    }

    private BareLoop bare(Subject subject, Prompts prompts) throws OrtException {
        return new BareLoop(setting(subject), prompts);
    }

    private BareLoop.Setting setting(Subject subject) {
        return new BareLoop.Setting(
                BareLoop.modelIn(setting.model()),
                subject.runtime().info().signature(),
                setting.threads(),
                OptLevel.ALL_OPT);
    }
}
