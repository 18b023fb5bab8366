/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.models.HooklineHome;
import io.hookline.examples.models.PackagedModels;
import io.hookline.examples.monitor.Monitor;
import io.hookline.examples.monitor.MonitorSettings;
import io.hookline.kafka.KafkaOptions;
import io.hookline.kafka.KafkaSettings;
import io.hookline.operator.HooklineOptions;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hookline quickstart}: everything on this machine, from prompts to activations. */
@Command(
        name = "./hookline quickstart",
        sortOptions = false,
        description =
                "Starts a Kafka broker and a Flink job that runs a language model, sends support tickets, every second one"
                        + " to be steered, and reads results and activations back from their topics.",
        exitCodeOnInvalidInput = CommandRun.FAILED,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every event is accounted for", "1:anything else"})
public final class Quickstart implements Callable<Integer> {
    private static final int PARALLELISM = 2;
    private static final boolean TERMINAL = Boolean.getBoolean("hookline.terminal.err");
    private static final Path LOG = HooklineHome.find().cache().resolve("quickstart.log");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "200",
            description = "how many tickets (default: 200)")
    private int events;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = PackagedModels.TICKETLM,
            description = "ticketlm (default), minilm, or the folder of an ONNX model")
    private String model = "";

    @Option(names = "--json", description = "print one JSON object as the last line")
    private boolean json;

    @Option(
            names = "--keep",
            description = "leave broker and job running, and tell how to talk to them")
    private boolean keep;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);

    /** Runs the command and ends the process. */
    public static void main(String[] arguments) {
        System.setProperty("hookline.log.to", "file");
        System.setProperty("hookline.log.file", LOG.toString());
        System.exit(CommandRun.of(new Quickstart(), arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (events < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--events must be at least 1, got " + events);
        }
        HooklineHome home = HooklineHome.find();
        Path path = new PackagedModels(home).resolve(model);
        out.printf("Hookline quickstart: %,d tickets through %s%n%n", events, model);
        try (Embedded embedded = waiting("starting the broker", () -> Embedded.start(home))) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(embedded), "end"));
            step(1, "broker", "one Kafka node at %s", embedded.brokers());
            try (Monitor monitor = Monitor.start(monitor(path, embedded))) {
                step(2, "page", "%s shows what happens, as long as this runs", monitor.address());
                return run(path, embedded, monitor);
            }
        }
    }

    private static MonitorSettings monitor(Path path, Embedded embedded) {
        return new MonitorSettings(
                KafkaSettings.from(options(path, embedded)),
                0,
                Optional.of(path),
                true,
                MonitorSettings.BYTES_PER_SECOND);
    }

    private int run(Path path, Embedded embedded, Monitor monitor) throws Exception {
        ModelStudy study = waiting("loading the model", () -> study(path));
        step(
                3,
                "model",
                "%s, %d blocks; from %d other tickets a direction angry to calm at %s.output,",
                study.name(),
                study.blocks().paths().size(),
                Tickets.training().size(),
                study.blocks().steered());
        out.printf(
                Locale.ROOT,
                "             and probes for %s at %s (AUC %.3f)%n",
                String.join(" and ", study.probes().byTone().keySet()),
                study.probes().at(),
                study.probes().auc());
        Workload workload = Workload.of(Tickets.packaged(), events);
        Feed feed = send(embedded.brokers(), study, workload);
        long begun = System.nanoTime();
        JobClient job =
                waiting(
                        "starting Flink and the job",
                        () -> embedded.run(options(path, embedded), study.modules(), PARALLELISM));
        step(5, "job", "running, %d subtasks, exactly once, a checkpoint every 0.5 s", PARALLELISM);
        Ledger ledger = new Ledger();
        long first =
                new ReadBack(job, err, TERMINAL).into(ledger, embedded.brokers(), workload.asks());
        Duration toFirst = Duration.ofNanos(first - begun);
        Duration toLast = Duration.ofNanos(System.nanoTime() - begun);
        step(6, "read", "all topics, with a plain consumer and isolation.level=read_committed");
        Report report =
                new Report(
                        out, Boolean.getBoolean("hookline.terminal.out"), study, workload, ledger);
        report.all(feed.totals(), toFirst, toLast, model);
        if (keep) {
            tellHowToTalk(embedded.brokers(), monitor.address());
        }
        if (json) {
            out.println(report.json(toLast));
        }
        if (keep) {
            job.getJobExecutionResult().get();
        }
        return ledger.accountsFor(events) ? CommandRun.OK : CommandRun.FAILED;
    }

    private static ModelStudy study(Path path) throws Exception {
        try (ModelRuntime runtime =
                new OnnxModelLoader(OnnxModelLoader.defaultCacheFolder())
                        .load(ModelSpec.cpu(path))) {
            return ModelStudy.of(runtime, Tickets.training());
        }
    }

    private <T> T waiting(String what, Callable<T> work) throws Exception {
        return Waiting.during(err, TERMINAL, what, work);
    }

    private Feed send(String brokers, ModelStudy study, Workload workload) throws Exception {
        Feed feed = new Feed(brokers);
        feed.createTopics();
        feed.send(study, workload);
        step(
                4,
                "sent",
                "%,d events as JSON, every second one with header steer=calm; 1 vector, 2 policies, %d probes with a rule each",
                workload.asks().size(),
                study.probes().byTone().size());
        return feed;
    }

    private static Configuration options(Path path, Embedded embedded) {
        Configuration options = new Configuration();
        options.set(HooklineOptions.MODEL_PATH, path.toAbsolutePath().toString());
        options.set(KafkaOptions.BOOTSTRAP_SERVERS, embedded.brokers());
        options.set(KafkaOptions.TOPICS_PARTITIONS, PARALLELISM);
        options.set(KafkaOptions.TOPICS_REPLICATION_FACTOR, 1);
        return options;
    }

    private void tellHowToTalk(String brokers, String page) {
        out.printf(
                """

                  Broker, job and page keep running until Ctrl-C.
                  Look at it:   %s
                  Talk to it, with kcat or any client of yours:
                    echo '{"invocations": [{"prompt": "Ticket from Anna: Hello,"}], "generate": {"max_new_tokens": 48}}' | kcat -b %s -t events -P
                    kcat -b %s -t results -X isolation.level=read_committed -f '%%k: %%S bytes\\n'
                  Policies, vectors, probes and rules go to the topic 'control', with keys like 'policy/NAME'.
                  Alerts can be passed on: ./hookline alerts forward --brokers %s --webhook URL
                """,
                page, brokers, brokers, brokers);
    }

    @FormatMethod
    private void step(int number, String what, @FormatString String text, Object... values) {
        out.printf("  %d  %-7s %s%n", number, what, text.formatted(values));
    }

    private static void close(Embedded embedded) {
        try {
            embedded.close();
        } catch (IOException e) {
            System.err.println("quickstart: could not remove its files: " + e.getMessage());
        }
    }
}
