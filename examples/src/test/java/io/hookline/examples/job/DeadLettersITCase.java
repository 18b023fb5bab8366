/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.hookline.schema.DeadLetter;
import io.hookline.schema.EventFormat;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.PromptEvent;
import io.hookline.schema.PromptInvocation;
import io.hookline.schema.codec.AvroFraming;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What can't be run becomes a dead letter with its bytes, and the job goes on. */
class DeadLettersITCase {
    @RegisterExtension static final MiniClusterExtension FLINK = TestCluster.of(1, 2);

    private static final AvroFraming READER = AvroFraming.singleObject();
    private static final String GOOD =
            "{\"invocations\": [{\"prompt\": \"Ticket from Anna: Hello,\"}]}";

    /** An event, and the code that its dead letter is to have; OK of one that is to run. */
    private record Sent(String code, byte[] value, RecordMetadata at) {
        String position() {
            return at.partition() + "/" + at.offset();
        }
    }

    @Test
    void json_badEvents_areDeadLettersAndTheOthersRun() throws Exception {
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("MALFORMED_EVENT", "{\"invocations\": [{\"prompt\": \"Ticket from");
        bad.put(
                "UNKNOWN_MODULE",
                "{\"invocations\": [{\"prompt\": \"Hello\"}], \"cache\": [{\"modules\": [\"model.model.layers.3.mpl\"]}]}");
        bad.put("PROMPT_EMPTY", "{\"invocations\": [{\"prompt\": \"\"}]}");
        bad.put(
                "PROMPT_TOO_LONG",
                "{\"invocations\": [{\"prompt\": \"" + "kettle ".repeat(700) + "\"}]}");
        try (TestJob job = TestJob.start(EventFormat.JSON, List.of())) {
            List<Sent> sent = new ArrayList<>();
            for (Map.Entry<String, String> event : bad.entrySet()) {
                sent.add(send(job, "OK", bytes(GOOD)));
                sent.add(send(job, event.getKey(), bytes(event.getValue())));
            }
            sent.add(send(job, "OK", bytes(GOOD)));

            List<DeadLetter> letters = assertAllAccountedFor(job, sent);

            assertThat(letters)
                    .filteredOn(letter -> letter.getCode().equals("UNKNOWN_MODULE"))
                    .singleElement()
                    .satisfies(
                            letter -> {
                                assertThat(letter.getPointer()).contains("/cache/0/modules/0");
                                assertThat(letter.getReason())
                                        .contains("did you mean 'model.model.layers.3.mlp'?");
                            });
        }
    }

    @Test
    void event_thatRecordsUnderANameThatKafkaRefuses_isADeadLetterAndTheOthersRun()
            throws Exception {
        String renamed =
                """
                {"invocations": [{"prompt": "Hello"}],
                 "cache": [{"modules": ["model.lm_head"], "rename": {"model.lm_head": "%s"}}]}""";
        try (TestJob job = TestJob.start(EventFormat.JSON, List.of("a.b"))) {
            List<Sent> sent = new ArrayList<>();
            sent.add(send(job, "TOPIC_UNAVAILABLE", bytes(renamed.formatted("a_b"))));
            sent.add(send(job, "OK", bytes(renamed.formatted("c"))));
            sent.add(send(job, "OK", bytes(GOOD)));

            assertAllAccountedFor(job, sent);
        }
    }

    @Test
    void avro_badEvents_areDeadLettersAndTheOthersRun() throws Exception {
        byte[] good = READER.encode(event("Ticket from Anna: Hello,"));
        try (TestJob job = TestJob.start(EventFormat.AVRO, List.of())) {
            List<Sent> sent = new ArrayList<>();
            sent.add(send(job, "OK", good));
            sent.add(send(job, "MALFORMED_EVENT", bytes("no avro at all")));
            sent.add(send(job, "MALFORMED_EVENT", Arrays.copyOf(good, good.length - 3)));
            sent.add(send(job, "MALFORMED_EVENT", new byte[0]));
            sent.add(send(job, "PROMPT_EMPTY", READER.encode(event(""))));
            sent.add(send(job, "OK", good));

            assertAllAccountedFor(job, sent);
        }
    }

    private static List<DeadLetter> assertAllAccountedFor(TestJob job, List<Sent> sent)
            throws Exception {
        List<InvocationResult> results = new ArrayList<>();
        List<DeadLetter> letters = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                TestKafka.read(job.topic(""), found -> ended(job, found) >= sent.size())) {
            if (record.topic().equals(job.topic("results"))) {
                results.add(READER.decode(record.value(), InvocationResult.class));
            } else if (record.topic().equals(job.topic("dead-letters"))) {
                letters.add(READER.decode(record.value(), DeadLetter.class));
            }
        }
        assertThat(results)
                .extracting(
                        result ->
                                result.getSource().getPartition()
                                        + "/"
                                        + result.getSource().getOffset())
                .containsExactlyInAnyOrderElementsOf(
                        sent.stream()
                                .filter(event -> event.code().equals("OK"))
                                .map(Sent::position)
                                .toList());
        Map<String, Sent> bad = new LinkedHashMap<>();
        sent.stream()
                .filter(event -> !event.code().equals("OK"))
                .forEach(event -> bad.put(event.position(), event));
        assertThat(letters).hasSameSizeAs(bad.keySet());
        for (DeadLetter letter : letters) {
            Sent event =
                    bad.remove(
                            letter.getSource().getPartition()
                                    + "/"
                                    + letter.getSource().getOffset());
            assertThat(event).as("one letter for one event").isNotNull();
            assertThat(letter.getCode()).isEqualTo(event.code());
            assertThat(letter.getOriginal()).isEqualTo(ByteBuffer.wrap(event.value()));
            assertThat(letter.getSource().getTopic()).isEqualTo(job.events());
            assertThat(letter.getReason()).isNotBlank();
        }
        return letters;
    }

    private static long ended(TestJob job, List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .filter(
                        record ->
                                record.topic().equals(job.topic("results"))
                                        || record.topic().equals(job.topic("dead-letters")))
                .count();
    }

    private static Sent send(TestJob job, String code, byte[] value) throws Exception {
        return new Sent(code, value, TestKafka.send(job.events(), "key of " + code, value));
    }

    /** Every list is set, since Avro trusts no class of ours with the defaults of lists. */
    private static PromptEvent event(String prompt) {
        PromptInvocation invocation =
                PromptInvocation.newBuilder()
                        .setPrompt(prompt)
                        .setInterventions(List.of())
                        .setCache(List.of())
                        .build();
        return PromptEvent.newBuilder()
                .setInvocations(List.of(invocation))
                .setInterventions(List.of())
                .setCache(List.of())
                .build();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
