/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.model.TestModels;
import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.EventFormat;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.PromptEvent;
import io.hookline.schema.PromptInvocation;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import io.hookline.schema.codec.AvroFraming;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Mutated events on a real model: the operator lives, and each event comes to one result or one
 * dead letter. {@code -Dhookline.fuzz.events=100000} sends more of them, {@code
 * -Dhookline.fuzz.seed=N} others.
 */
class MutatedEventsITCase {
    private static final int EVENTS = Integer.getInteger("hookline.fuzz.events", 3_000);
    private static final long SEED = Long.getLong("hookline.fuzz.seed", 1);
    private static final int AT_ONCE = 250;

    private static final Map<String, String> OPTIONS =
            Map.of(
                    "hookline.model.path", TestModels.path("ticketlm").toString(),
                    "hookline.batch.max-wait", "0 ms",
                    "hookline.timeout", "60 s");

    private final Random random = new Random(SEED);
    private final EventMutations mutations = new EventMutations(random);
    private final BitSet ended = new BitSet();
    private final Map<String, Integer> ends = new TreeMap<>();
    private final Map<String, Integer> failures = new TreeMap<>();

    @Test
    void events_mutated_eachEndInOneResultOrOneDeadLetter() throws Exception {
        List<byte[]> documents = documents("");
        List<byte[]> own = documents("ticketlm");
        for (byte[] document : own) {
            mutations.learn(document);
        }
        List<byte[]> records = records();
        try (InvocationHarness harness =
                InvocationHarness.open(new Job(new SharedModels(), OPTIONS))) {
            putVectors(harness);
            for (int sent = 0; sent < EVENTS; sent++) {
                harness.event(
                        switch (sent % 4) {
                            case 0 -> avro(records, sent);
                            case 1 -> json(documents, sent);
                            default -> crossed(own, sent);
                        });
                if (sent % AT_ONCE == AT_ONCE - 1 || sent == EVENTS - 1) {
                    harness.runUntil(() -> harness.bufferedElements() == 0);
                    collect(harness);
                }
            }
        }
        assertThat(ended.cardinality()).as("of %s", ends).isEqualTo(EVENTS);
        assertThat(ends).containsKeys("OK", "MALFORMED_EVENT", "UNKNOWN_FIELD", "UNKNOWN_MODULE");
        System.out.printf(
                "%d mutated events of seed %d came to %s; failed: %s%n",
                EVENTS, SEED, ends, failures);
    }

    /** Those that the programs name. */
    private static void putVectors(InvocationHarness harness) throws Exception {
        JsonNode vectors =
                new ObjectMapper().readTree(programs("ticketlm/vectors/vectors.json").toFile());
        for (String name : (Iterable<String>) vectors::fieldNames) {
            String put = "{\"put\": \"vector\", \"name\": \"%s\", \"body\": %s}";
            harness.control(
                    InvocationHarness.controlEvent(put.formatted(name, vectors.get(name)), 0));
        }
    }

    private static Path programs(String name) {
        return TestModels.path("ticketlm").resolve("../../conformance/programs/" + name);
    }

    private void collect(InvocationHarness harness) {
        for (InvocationResult result : harness.results()) {
            end(result.getSource().getOffset(), "OK");
        }
        for (DeadLetter letter : harness.deadLetters()) {
            end(letter.getSource().getOffset(), letter.getCode());
            if (letter.getCode().equals("INFERENCE_FAILED")) {
                failures.merge(letter.getReason(), 1, Integer::sum);
            }
        }
        harness.getOutput().clear();
    }

    private void end(long offset, String how) {
        assertThat(ended.get((int) offset)).as("event %d ended before", offset).isFalse();
        ended.set((int) offset);
        ends.merge(how, 1, Integer::sum);
    }

    private SourceEvent json(List<byte[]> documents, int offset) throws IOException {
        byte[] document = documents.get(random.nextInt(documents.size()));
        byte[] mutated =
                random.nextInt(3) == 0 ? mutations.bytes(document) : mutations.json(document);
        return event(offset, EventFormat.JSON, mutated);
    }

    private SourceEvent crossed(List<byte[]> documents, int offset) throws IOException {
        byte[] document = documents.get(random.nextInt(documents.size()));
        return event(offset, EventFormat.JSON, mutations.crossed(document));
    }

    private SourceEvent avro(List<byte[]> records, int offset) {
        byte[] record = records.get(random.nextInt(records.size()));
        return event(offset, EventFormat.AVRO, mutations.bytes(record));
    }

    private static SourceEvent event(int offset, EventFormat format, byte[] value) {
        return new SourceEvent(
                new SourcePosition("events", 0, offset),
                1_000,
                format,
                new byte[0],
                value,
                List.of());
    }

    /** Programs of every kind, as the tests of the whole engine have them for a model. */
    private static List<byte[]> documents(String model) throws IOException {
        List<byte[]> documents = new ArrayList<>();
        try (Stream<Path> programs = Files.walk(programs(model))) {
            for (Path program :
                    programs.filter(file -> file.toString().endsWith(".json"))
                            .filter(file -> !file.getParent().endsWith("vectors"))
                            .sorted()
                            .toList()) {
                documents.add(Files.readAllBytes(program));
            }
        }
        assertThat(documents).hasSizeGreaterThan(10);
        documents.add(
                "{\"invocations\": [{\"prompt\": \"Hello\"}], \"cache\": [{\"modules\": null}]}"
                        .getBytes(StandardCharsets.UTF_8));
        return documents;
    }

    private static List<byte[]> records() {
        List<byte[]> records = new ArrayList<>();
        for (String prompt : List.of("", "Hello", "Ticket from Anna: my blue kettle")) {
            PromptInvocation invocation =
                    PromptInvocation.newBuilder()
                            .setPrompt(prompt)
                            .setInterventions(List.of())
                            .setCache(List.of())
                            .build();
            PromptEvent event =
                    PromptEvent.newBuilder()
                            .setInvocations(List.of(invocation, invocation))
                            .setInterventions(List.of())
                            .setCache(List.of())
                            .build();
            records.add(AvroFraming.singleObject().encode(event));
        }
        return records;
    }
}
