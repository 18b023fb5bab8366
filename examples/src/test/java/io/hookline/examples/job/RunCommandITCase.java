/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.codec.AvroFraming;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The main job from a command line, between topics that somebody else fills and reads. */
final class RunCommandITCase {
    @RegisterExtension static final MiniClusterExtension FLINK = TestCluster.of(1, 2);

    private static final List<String> SECRETS =
            List.of("open-sesame", "swordfish", "sea-salt", "hunter2");

    @TempDir private Path folder;

    @Test
    void run_onBrokersThatAreThere_answersEventsAndShowsNoSecret(
            @InjectMiniCluster MiniCluster cluster) throws Exception {
        String name = "run-" + UUID.randomUUID().toString().substring(0, 8);
        Path file =
                Files.writeString(
                        folder.resolve("job.properties"),
                        """
                        hookline.topics.prefix=%s.
                        hookline.topics.partitions=1
                        execution.checkpointing.interval=300 ms
                        hookline.kafka.properties.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="job" password="open-sesame";
                        hookline.kafka.properties.ssl.truststore.password=swordfish
                        hookline.kafka.properties.sasl.login.callback=hunter2
                        hookline.redact.prompt=hash
                        hookline.redact.salt=sea-salt
                        """
                                .formatted(name));
        RunCommand command = new RunCommand();
        new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(
                        "--brokers",
                        TestKafka.brokers(),
                        "--model",
                        "ticketlm",
                        "--events",
                        "events-" + name,
                        "--control",
                        "control-" + name,
                        "--event-format",
                        "json",
                        "--group",
                        name,
                        "--job-name",
                        name,
                        "--properties",
                        file.toString(),
                        "-D",
                        "hookline.batch.max-wait=1 ms");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        JobClient job = command.start(env);
        try {
            TestKafka.send(
                    "events-" + name,
                    "",
                    "{\"id\": \"one\", \"invocations\": [{\"prompt\": \"Ticket from Anna: Hello,\"}], \"generate\": {\"max_new_tokens\": 3}}");

            List<ConsumerRecord<byte[], byte[]>> results =
                    TestKafka.read(name + ".results", found -> !found.isEmpty());

            InvocationResult result =
                    AvroFraming.singleObject()
                            .decode(results.get(0).value(), InvocationResult.class);
            assertThat(result.getEventId()).isEqualTo("one");
            assertThat(result.getInvocations().get(0).getGenerated()).hasSize(3);
            assertThat(env.getConfiguration().toMap().toString())
                    .as("the configuration that travels with the job")
                    .contains("execution.checkpointing.interval")
                    .doesNotContain(SECRETS);
            for (String page : pages(cluster, job.getJobID())) {
                assertThat(page).doesNotContain(SECRETS);
            }
        } finally {
            job.cancel().join();
        }
    }

    /** What Flink's web page shows of the job and its cluster. */
    private static List<String> pages(MiniCluster cluster, JobID id) throws Exception {
        URI rest = cluster.getRestAddress().get();
        String job = "/jobs/" + id;
        List<String> paths =
                new ArrayList<>(
                        List.of(
                                "/config",
                                "/overview",
                                "/jobmanager/config",
                                "/jobmanager/environment",
                                "/taskmanagers",
                                "/jobs/overview",
                                job,
                                job + "/config",
                                job + "/plan",
                                job + "/exceptions",
                                job + "/accumulators",
                                job + "/checkpoints",
                                job + "/checkpoints/config",
                                job + "/jobmanager/config",
                                job + "/jobmanager/environment"));
        for (JsonNode task : new ObjectMapper().readTree(page(rest, job)).path("vertices")) {
            paths.add(job + "/vertices/" + task.path("id").asText());
        }
        assertThat(page(rest, job + "/checkpoints/config")).contains("\"interval\":300");
        List<String> pages = new ArrayList<>();
        for (String path : paths) {
            pages.add(page(rest, path));
        }
        return pages;
    }

    private static String page(URI rest, String path) throws Exception {
        HttpResponse<String> answer =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(rest.resolve(path)).build(),
                                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return answer.body();
    }
}
