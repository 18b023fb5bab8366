/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.schema.InvocationResult;
import io.hookline.schema.codec.AvroFraming;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The main job from a command line, between topics that somebody else fills and reads. */
final class RunCommandITCase {
    @RegisterExtension static final MiniClusterExtension FLINK = TestCluster.of(1, 2);

    @TempDir private Path folder;

    @Test
    void run_onBrokersThatAreThere_answersEvents() throws Exception {
        String name = "run-" + UUID.randomUUID().toString().substring(0, 8);
        Path file =
                Files.writeString(
                        folder.resolve("job.properties"),
                        """
                        hookline.topics.prefix=%s.
                        hookline.topics.partitions=1
                        execution.checkpointing.interval=300 ms
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
        JobClient job = command.start(StreamExecutionEnvironment.getExecutionEnvironment());
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
        } finally {
            job.cancel().join();
        }
    }
}
