/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.program.Problem;
import io.hookline.runtime.Capture;
import io.hookline.runtime.RowOutcome;
import io.hookline.schema.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The files that one traced program leaves behind: {@code result.json}, {@code cache.json}, and an
 * {@code .npy} for every record and every invocation's logits.
 */
final class ResultFolder {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final int LONGEST_NAME = 120;

    private final Path folder;
    private final String model;

    /** Makes the folder, and removes what an earlier run left in it. */
    ResultFolder(Path folder, String model) throws IOException {
        this.model = model;
        this.folder = Files.createDirectories(folder);
        try (DirectoryStream<Path> old =
                Files.newDirectoryStream(folder, "{result.json,cache.json,*.npy}")) {
            for (Path file : old) {
                Files.delete(file);
            }
        }
    }

    /** Writes what a program came to. */
    void write(Optional<String> id, List<RowOutcome> rows) throws IOException {
        writeCaches(rows);
        ObjectNode result = head(id);
        ArrayNode invocations = result.putArray("invocations");
        for (int row = 0; row < rows.size(); row++) {
            RowOutcome outcome = rows.get(row);
            invocations.add(invocation(outcome));
            if (outcome.logits().length > 0) {
                writeLogits("logits." + row + ".npy", outcome.logits());
            }
        }
        result.putNull("error");
        result.putArray("errors");
        save("result.json", result);
    }

    /** Writes why a program has no results. */
    void writeRefusal(Optional<String> id, List<Problem> problems) throws IOException {
        ObjectNode result = head(id);
        result.putArray("invocations");
        result.putNull("error");
        ArrayNode errors = ProblemText.array(problems);
        result.set("error", errors.get(0));
        result.set("errors", errors);
        save("result.json", result);
    }

    private ObjectNode head(Optional<String> id) {
        return JSON.createObjectNode().put("id", id.orElse(null)).put("model", model);
    }

    private static ObjectNode invocation(RowOutcome outcome) {
        ObjectNode invocation = JSON.createObjectNode();
        invocation.set("tokens", numbers(outcome.tokens()));
        invocation.set("generated", numbers(outcome.generated()));
        return invocation.put("text", outcome.text()).put("stopped", outcome.stopped());
    }

    private static ArrayNode numbers(int[] values) {
        ArrayNode array = JSON.createArrayNode();
        for (int value : values) {
            array.add(value);
        }
        return array;
    }

    private void writeLogits(String name, float[][] logits) throws IOException {
        int vocabulary = logits[0].length;
        ByteBuffer data =
                ByteBuffer.allocate(logits.length * vocabulary * Float.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (float[] position : logits) {
            data.asFloatBuffer().put(position);
            data.position(data.position() + vocabulary * Float.BYTES);
        }
        NpyFile.write(
                folder.resolve(name),
                ElementType.FLOAT32,
                new int[] {logits.length, vocabulary},
                data.array());
    }

    private void writeCaches(List<RowOutcome> rows) throws IOException {
        ArrayNode entries = JSON.createArrayNode();
        for (RowOutcome row : rows) {
            for (Capture capture : row.captures()) {
                String file = fileName(entries.size(), capture);
                NpyFile.write(
                        folder.resolve(file), capture.dtype(), capture.shape(), capture.bytes());
                entries.add(entry(capture, file));
            }
        }
        save("cache.json", entries);
    }

    private static ObjectNode entry(Capture capture, String file) {
        ObjectNode entry =
                JSON.createObjectNode()
                        .put("cache", capture.cache())
                        .put("invocation", capture.invocation())
                        .put("module", capture.point().module())
                        .put("io", capture.point().io().wireName())
                        .put("index", capture.point().index())
                        .put("visit", capture.visit())
                        .put("step", capture.step())
                        .put("stage", capture.stage())
                        .put("dtype", capture.dtype().wireName());
        entry.set("shape", numbers(capture.shape()));
        return entry.put("file", file);
    }

    private static String fileName(int number, Capture capture) {
        String point =
                (capture.point().module() + "." + capture.point().io().wireName())
                        .replaceAll("[^A-Za-z0-9._-]", "_");
        String readable = point.substring(0, Math.min(point.length(), LONGEST_NAME));
        return "%05d.%s.npy".formatted(number, readable);
    }

    private void save(String name, Object document) throws IOException {
        Files.writeString(folder.resolve(name), JSON.writeValueAsString(document) + "\n");
    }
}
