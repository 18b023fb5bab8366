/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.examples.models.HooklineHome;
import io.hookline.schema.EventFormat;
import io.hookline.schema.codec.PublishedSchemas;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What lies in Kafka is what PyTorch computes. */
class ActivationsITCase {
    @RegisterExtension static final MiniClusterExtension FLINK = TestCluster.of(1, 2);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double TOLERANCE = 1e-4;
    private static final Path ROOT = HooklineHome.find().root();
    private static final Path CONFORMANCE = ROOT.resolve("operator/src/test/resources/conformance");
    private static final Path EXPECTED = CONFORMANCE.resolve("expected/ticketlm/plain-all-modules");

    @Test
    void activations_ofAllModules_equalPyTorchs() throws Exception {
        JsonNode expected = JSON.readTree(Files.readString(EXPECTED.resolve("cache.json")));
        Map<String, float[]> arrays = NpzFile.floats(EXPECTED.resolve("arrays.npz"));
        Map<String, GenericRecord> records = new HashMap<>();
        try (TestJob job = TestJob.start(EventFormat.JSON, modules(expected))) {
            TestKafka.send(
                    job.events(),
                    "evt",
                    Files.readString(
                            CONFORMANCE.resolve("programs/ticketlm/plain-all-modules.json")));
            GenericRecord result = read(job, "results", "InvocationResult", 1).get(0);
            int announced = announced(result);
            for (GenericRecord record : read(job, "activations.", "ActivationRecord", announced)) {
                records.put(key(record), record);
            }
            assertThat(records).hasSize(announced);
        }

        assertThat(expected).hasSizeGreaterThan(80);
        for (JsonNode entry : expected) {
            String key = entry.get("module").asText() + "." + entry.get("io").asText();
            assertThat(records).containsKey(key);
            String array = entry.get("file").asText().replace(".npy", "");
            assertEqual(key, records.get(key), entry.get("shape"), arrays.get(array));
        }
    }

    private static List<String> modules(JsonNode expected) {
        return expected.findValuesAsText("module").stream().distinct().toList();
    }

    private static int announced(GenericRecord result) {
        return ((Map<?, ?>) result.get("recordCounts"))
                .values().stream().mapToInt(count -> ((Long) count).intValue()).sum();
    }

    private static String key(GenericRecord record) {
        return record.get("modulePath") + "." + record.get("io");
    }

    private static void assertEqual(
            String key, GenericRecord record, JsonNode shape, float[] expected) {
        GenericRecord tensor = (GenericRecord) record.get("tensor");
        assertThat(tensor.get("dtype")).hasToString("float32");
        List<Long> axes = new ArrayList<>();
        shape.forEach(axis -> axes.add(axis.asLong()));
        assertThat(tensor.get("shape")).as(key).isEqualTo(axes);
        ByteBuffer data = ((ByteBuffer) tensor.get("data")).order(ByteOrder.LITTLE_ENDIAN);
        int width = axes.get(axes.size() - 1).intValue();
        for (int from = 0; from < expected.length; from += width) {
            double largest = 1;
            for (int at = from; at < from + width; at++) {
                largest = Math.max(largest, Math.abs(expected[at]));
            }
            for (int at = from; at < from + width; at++) {
                assertThat((double) data.getFloat(data.position() + at * Float.BYTES))
                        .as("%s at %d", key, at)
                        .isCloseTo(expected[at], within(TOLERANCE * largest));
            }
        }
    }

    /** As any client: the published schema, and Avro's own reader. */
    private static List<GenericRecord> read(TestJob job, String topic, String schemaName, int count)
            throws IOException {
        Schema.Parser parser = new Schema.Parser();
        Schema schema =
                parser.parse(
                        Files.readString(
                                ROOT.resolve(
                                        "docs/schemas/v%d/%s.avsc"
                                                .formatted(
                                                        PublishedSchemas.versions(schemaName),
                                                        schemaName))));
        BinaryMessageDecoder<GenericRecord> decoder =
                new BinaryMessageDecoder<>(GenericData.get(), schema);
        List<GenericRecord> records = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                TestKafka.read(job.topic(topic), found -> found.size() >= count)) {
            records.add(decoder.decode(record.value()));
        }
        return records;
    }
}
