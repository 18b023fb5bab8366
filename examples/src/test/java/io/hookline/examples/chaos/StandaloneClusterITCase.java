/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hookline.examples.cli.CommandRun;
import io.hookline.examples.cluster.ClusterSettings;
import io.hookline.examples.cluster.StandaloneCluster;
import io.hookline.examples.dist.Distribution;
import io.hookline.examples.dist.JobJar;
import io.hookline.examples.job.RunCommand;
import io.hookline.examples.models.HooklineHome;
import io.hookline.kafka.embedded.BrokerProcess;
import io.hookline.program.InterventionFunction;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster with the shipped configuration, one TaskManager, and no memory of jobs. {@code
 * -Dhookline.resubmissions=20} submits a job more often.
 */
final class StandaloneClusterITCase {
    private static final HooklineHome HOME = HooklineHome.find();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int RESUBMISSIONS = Integer.getInteger("hookline.resubmissions", 4);

    /** Two of the jobs that run, and one that a thread of Flink's may still name. */
    private static final int CLASS_LOADERS = 3;

    @TempDir private static Path folder;

    private static BrokerProcess broker;
    private static StandaloneCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        broker =
                BrokerProcess.start(
                        HOME.root().resolve("examples/broker/target/broker"),
                        folder.resolve("broker"));
        cluster =
                StandaloneCluster.start(
                        new ClusterSettings(
                                Distribution.find(HOME),
                                HOME.root().resolve("flink-conf"),
                                folder,
                                Map.of()),
                        1);
    }

    @AfterAll
    static void stop() {
        cluster.close();
        broker.close();
    }

    @Test
    void jobs_submittedAgainAndAgain_leaveNothingBehind() throws Exception {
        CompletableFuture<Integer> first = run("first");
        JobID firstJob = awaitRunning("first");
        for (int submission = 1; submission <= RESUBMISSIONS; submission++) {
            CompletableFuture<Integer> second = run("second");
            cancel(awaitRunning("second"));
            assertThat(second.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
        }

        until(() -> classLoadersOfJobs() <= CLASS_LOADERS);
        assertThat(nativeLibraries("onnxruntime")).hasSize(1);
        assertThat(nativeLibraries("tokenizers")).hasSize(1);
        cancel(firstJob);
        assertThat(first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
    }

    @Test
    void jobManager_lostWithoutHighAvailability_jobGoesOnFromItsNewestCheckpoint()
            throws Exception {
        Tally tally = new Tally();
        int events;
        CompletableFuture<Integer> run = run("watched", "-Dexecution.checkpointing.interval=1 s");
        awaitRunning("watched");
        try (EventFlow flow = new EventFlow(broker.bootstrapServers(), "events-watched", 20);
                TallyReader reader =
                        new TallyReader(broker.bootstrapServers(), tally, "watched.")) {
            flow.start();
            reader.start();
            until(() -> tally.ended() > 20);
            cluster.jobManager().kill();
            cluster.startJobManager();
            int sent = flow.acknowledged();
            until(() -> tally.ended() > sent);
            int all = flow.end();
            until(() -> tally.isComplete(all));
            events = all;
        }
        cancel(awaitRunning("watched"));
        assertThat(run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();

        Outcome outcome = Outcome.of(1, events, tally, Duration.ZERO);
        assertThat(outcome.isExact()).as(outcome.json()).isTrue();
    }

    @Test
    void call_thatDoesNotComeBack_failsItsTaskAndNotTheTaskManager() throws Exception {
        long taskManager = cluster.taskManager(0).pid();
        CompletableFuture<Integer> stuck =
                run(
                        "stuck",
                        "-Dhookline.watchdog.timeout=2 s",
                        "-Dhookline.functions.allowed=returns-late",
                        "-Dpipeline.classpaths=" + jarOfFunctions().toUri());
        JobID stuckJob = awaitRunning("stuck");
        CompletableFuture<Integer> healthy =
                run("healthy", "-Dexecution.checkpointing.interval=1 s");
        JobID healthyJob = awaitRunning("healthy");
        Path release = folder.resolve("release");
        send(
                "events-stuck",
                """
                {"invocations": [{"prompt": "Ticket from Anna: Hello"}], "interventions": [
                  {"at": "model.model.layers.0.output", "op": "call", "function": "returns-late", "args": {"until": "%s"}}]}"""
                        .formatted(release));
        until(() -> failures(stuckJob).contains("a batch has been running for"));
        try (EventFlow flow = new EventFlow(broker.bootstrapServers(), "events-healthy", 20)) {
            Tally tally = new Tally();
            try (TallyReader reader =
                    new TallyReader(broker.bootstrapServers(), tally, "healthy.")) {
                flow.start();
                reader.start();
                until(() -> tally.ended() > 20);
            }
        }
        Files.createFile(release);
        cancel(stuckJob);
        cancel(healthyJob);

        assertThat(stuck.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
        assertThat(healthy.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
        assertThat(cluster.taskManager(0).isAlive()).isTrue();
        assertThat(cluster.rest().get("/overview").path("taskmanagers").asInt()).isEqualTo(1);
        assertThat(cluster.taskManager(0).pid()).isEqualTo(taskManager);
    }

    private static Path jarOfFunctions() throws IOException {
        String type = ReturnsLate.class.getName();
        Path classes = folder.resolve("functions/target/classes");
        Path file = classes.resolve(type.replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        try (InputStream in = ReturnsLate.class.getResourceAsStream("ReturnsLate.class")) {
            assertThat(in).isNotNull();
            Files.copy(in, file);
        }
        Path services = Files.createDirectories(classes.resolve("META-INF/services"));
        Files.writeString(services.resolve(InterventionFunction.class.getName()), type);
        Path jar = folder.resolve("functions.jar");
        JobJar.write(List.of(classes), jar);
        return jar;
    }

    private static void send(String topic, String event) throws Exception {
        StringSerializer text = new StringSerializer();
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()),
                        text,
                        text)) {
            producer.send(new ProducerRecord<>(topic, event)).get();
        }
    }

    private static String failures(JobID job) throws Exception {
        return cluster.rest().get("/jobs/%s/exceptions".formatted(job)).toString();
    }

    /** The command against the cluster; its exit code once the job has ended. */
    private static CompletableFuture<Integer> run(String name, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--jobmanager=" + cluster.address(),
                                "--brokers=" + broker.bootstrapServers(),
                                "--model=ticketlm",
                                "--job-name=" + name,
                                "--group=" + name,
                                "--events=events-" + name,
                                "--control=control-" + name,
                                "-Dparallelism.default=1",
                                "-Dhookline.model.keep-warm=1 s",
                                "-Dhookline.topics.prefix=" + name + ".",
                                "-Dhookline.topics.partitions=1"));
        arguments.addAll(List.of(more));
        return CompletableFuture.supplyAsync(
                () -> CommandRun.of(new RunCommand(), arguments.toArray(new String[0])));
    }

    private static JobID awaitRunning(String name) throws Exception {
        until(() -> running(name).isPresent());
        return running(name).orElseThrow();
    }

    /** The job of that name, once all of its tasks run. */
    private static Optional<JobID> running(String name) throws Exception {
        for (JsonNode job : cluster.rest().get("/jobs/overview").path("jobs")) {
            JsonNode tasks = job.path("tasks");
            if (job.path("name").asText().equals(name)
                    && job.path("state").asText().equals("RUNNING")
                    && tasks.path("running").asInt() == tasks.path("total").asInt()) {
                return Optional.of(JobID.fromHexString(job.path("jid").asText()));
            }
        }
        return Optional.empty();
    }

    private static void cancel(JobID job) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://%s/jobs/%s?mode=cancel"
                                                .formatted(cluster.address(), job)))
                        .method("PATCH", HttpRequest.BodyPublishers.noBody())
                        .build();
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }

    /** Kilobytes of classes on the TaskManager that are in use. */
    private static long classLoadersOfJobs() throws Exception {
        jcmd("GC.run");
        return jcmd("VM.classloaders", "fold=false")
                .lines()
                .filter(line -> line.contains("ChildFirstClassLoader"))
                .count();
    }

    private static List<String> nativeLibraries(String name) throws IOException {
        try (Stream<String> maps =
                Files.lines(Path.of("/proc/%d/maps".formatted(cluster.taskManager(0).pid())))) {
            return maps.filter(line -> line.contains(name) && line.contains(".so"))
                    .map(line -> line.substring(line.indexOf('/')))
                    .filter(path -> !path.contains("4j_jni"))
                    .distinct()
                    .toList();
        }
    }

    private static String jcmd(String... command) throws Exception {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(cluster.taskManager(0).pid())));
        line.addAll(List.of(command));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("time is up").isLessThan(deadline);
            Thread.sleep(50);
        }
    }
}
