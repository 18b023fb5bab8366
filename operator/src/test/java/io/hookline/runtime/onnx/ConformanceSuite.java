/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.runtime.Capture;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.RowOutcome;
import io.hookline.schema.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs, what nnsight computed for them in PyTorch, and how near to that an outcome is. */
public final class ConformanceSuite {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final double TOLERANCE = 1e-4;
    private static final double HALF_TOLERANCE = 2e-3;

    private final String model;

    /**
     * The programs of a model.
     *
     * @param export a file of it below the test's models
     */
    public ConformanceSuite(String export) {
        this.model = export.substring(0, export.indexOf('/'));
    }

    /** Opens an export; the caller closes it. */
    public static ModelRuntime open(String export, Path cache) throws Exception {
        return new OnnxModelLoader(cache).load(spec(RESOURCES.resolve("models").resolve(export)));
    }

    /** All models here read the tokens of one tokenizer. */
    private static ModelSpec spec(Path model) {
        return new ModelSpec(
                model,
                Optional.empty(),
                Optional.of(RESOURCES.resolve("models/ticketlm/tokenizer.json")),
                new Device.Cpu(),
                1);
    }

    /** Names of the programs, in order. */
    public List<String> programs() throws IOException {
        try (Stream<Path> files = Files.list(conformance("programs/" + model))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .map(name -> name.replace(".json", ""))
                    .sorted()
                    .toList();
        }
    }

    /** A program with its vectors put in. */
    public JsonNode program(String name) throws IOException {
        JsonNode vectors = json("programs/" + model + "/vectors/vectors.json");
        return resolved(json("programs/" + model + "/" + name + ".json"), vectors);
    }

    /** Fails unless the outcome of a program is what nnsight computed. */
    public void compare(String name, List<RowOutcome> rows) throws IOException {
        compare(rows, conformance("expected/" + model + "/" + name));
    }

    private static void compare(List<RowOutcome> rows, Path expected) throws IOException {
        JsonNode result = JSON.readTree(expected.resolve("result.json").toFile());
        NumpyArchive arrays = NumpyArchive.read(expected.resolve("arrays.npz"));
        Map<String, Capture> captures = new HashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            JsonNode want = result.at("/invocations/" + i);
            assertThat(rows.get(i).tokens()).isEqualTo(ints(want.get("tokens")));
            assertThat(rows.get(i).generated()).isEqualTo(ints(want.get("generated")));
            assertThat(rows.get(i).stopped()).isEqualTo(want.get("stopped").booleanValue());
            compareLogits(rows.get(i), arrays.arrays().get("logits." + i));
            rows.get(i).captures().forEach(capture -> captures.put(key(capture), capture));
        }
        JsonNode records = JSON.readTree(expected.resolve("cache.json").toFile());
        for (JsonNode record : records) {
            Capture capture = captures.get(key(record));
            assertThat(capture).as(key(record)).isNotNull();
            compare(
                    capture,
                    arrays.arrays().get(record.get("file").textValue().replaceAll("\\.npy$", "")));
        }
    }

    private static void compareLogits(RowOutcome row, NumpyArchive.NumpyArray expected) {
        assertThat(row.logits().length).isEqualTo(expected == null ? 0 : expected.shape()[0]);
        if (expected != null) {
            for (int step = 0; step < row.logits().length; step++) {
                int width = expected.shape()[1];
                float[] want = new float[width];
                expected.data().asFloatBuffer().get(step * width, want);
                assertClose(row.logits()[step], want, TOLERANCE);
            }
        }
    }

    private static void compare(Capture capture, NumpyArchive.NumpyArray expected) {
        assertThat(capture.shape()).as(capture.point().toString()).isEqualTo(expected.shape());
        assertThat(capture.dtype() == ElementType.FLOAT16 ? "<f2" : "<f4")
                .isEqualTo(expected.dtype());
        float[] got = floats(capture.data(), capture.dtype());
        float[] want = floats(expected.data(), capture.dtype());
        int width = expected.shape()[expected.shape().length - 1];
        for (int from = 0; from < want.length; from += width) {
            assertClose(
                    java.util.Arrays.copyOfRange(got, from, from + width),
                    java.util.Arrays.copyOfRange(want, from, from + width),
                    capture.dtype() == ElementType.FLOAT16 ? HALF_TOLERANCE : TOLERANCE);
        }
    }

    private static void assertClose(float[] got, float[] want, double tolerance) {
        double largest = 1;
        for (float value : want) {
            largest = Math.max(largest, Math.abs(value));
        }
        double worst = 0;
        for (int i = 0; i < want.length; i++) {
            double apart = Math.abs((double) got[i] - want[i]);
            worst = Math.max(worst, Double.isNaN(apart) ? Double.POSITIVE_INFINITY : apart);
        }
        assertThat(worst).isLessThanOrEqualTo(tolerance * largest);
    }

    private static float[] floats(ByteBuffer data, ElementType dtype) {
        float[] values = new float[data.remaining() / dtype.bytes()];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    dtype == ElementType.FLOAT16
                            ? half(data.getShort(i * 2))
                            : data.getFloat(i * 4);
        }
        return values;
    }

    private static float half(short bits) {
        int exponent = (bits >> 10) & 0x1f;
        float fraction = bits & 0x3ff;
        float magnitude =
                exponent == 0
                        ? fraction * 0x1p-24f
                        : exponent == 31
                                ? (fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN)
                                : Math.scalb(1 + fraction / 1024, exponent - 15);
        return bits < 0 ? -magnitude : magnitude;
    }

    private static String key(Capture capture) {
        return String.join(
                " ",
                capture.cache(),
                String.valueOf(capture.invocation()),
                capture.point().module(),
                capture.point().io().wireName(),
                String.valueOf(capture.step()),
                capture.stage());
    }

    private static String key(JsonNode record) {
        return String.join(
                " ",
                record.get("cache").asText(),
                record.get("invocation").asText(),
                record.get("module").textValue(),
                record.get("io").textValue(),
                record.get("step").asText(),
                record.get("stage").textValue());
    }

    private static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).intValue();
        }
        return values;
    }

    private static JsonNode resolved(JsonNode node, JsonNode vectors) {
        if (node.isObject() && node.has("ref")) {
            return vectors.get(node.get("ref").textValue());
        }
        if (node instanceof ObjectNode object) {
            for (String field : fields(object)) {
                object.set(field, resolved(object.get(field), vectors));
            }
        } else if (node instanceof com.fasterxml.jackson.databind.node.ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, resolved(array.get(i), vectors));
            }
        }
        return node;
    }

    private static List<String> fields(ObjectNode object) {
        List<String> names = new java.util.ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static JsonNode json(String path) throws IOException {
        return JSON.readTree(conformance(path).toFile());
    }

    private static Path conformance(String path) {
        return RESOURCES.resolve("conformance").resolve(path);
    }
}
