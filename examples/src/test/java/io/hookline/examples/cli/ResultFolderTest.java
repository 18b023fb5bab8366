/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.model.HookPoint;
import io.hookline.program.Io;
import io.hookline.program.Problem;
import io.hookline.runtime.Capture;
import io.hookline.runtime.RowOutcome;
import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFolderTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path folder;

    @Test
    void write_completedProgram_hasItsRecordsInOrder() throws IOException {
        RowOutcome row =
                new RowOutcome(
                        new int[] {0, 7},
                        new int[] {3},
                        "x",
                        true,
                        new float[][] {{1, 2, 3}, {4, 5, 6}},
                        List.of(capture("a.b"), capture("a/[c]")));

        new ResultFolder(folder, "tiny").write(Optional.of("evt-1"), List.of(row));

        JsonNode result = json("result.json");
        assertThat(result.at("/id").asText()).isEqualTo("evt-1");
        assertThat(result.at("/model").asText()).isEqualTo("tiny");
        assertThat(result.at("/invocations/0"))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"tokens": [0, 7], "generated": [3], "text": "x", "stopped": true}
                                """));
        assertThat(result.get("error").isNull()).isTrue();
        assertThat(result.get("errors")).isEmpty();
        JsonNode cache = json("cache.json");
        assertThat(cache).hasSize(2);
        String file = cache.at("/1/file").asText();
        assertThat(cache.get(1))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"cache": "0", "invocation": 0, "module": "a/[c]", "io": "output",
                                 "index": 0, "visit": 0, "step": 2, "stage": "post",
                                 "dtype": "float16", "shape": [1, 2], "file": "%s"}
                                """
                                        .formatted(file)));
        assertThat(Files.size(folder.resolve(file))).isEqualTo(128 + 4);
        assertThat(Files.size(folder.resolve("logits.0.npy"))).isEqualTo(128 + 24);
    }

    @Test
    void write_runWithoutLogits_leavesNoFileOfAnEarlierRun() throws IOException {
        Files.createFile(folder.resolve("logits.0.npy"));
        Files.createFile(folder.resolve("mine.txt"));
        RowOutcome row =
                new RowOutcome(new int[] {0}, new int[0], "", true, new float[0][], List.of());

        new ResultFolder(folder, "tiny").write(Optional.empty(), List.of(row));

        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("result.json", "cache.json", "mine.txt");
        assertThat(json("result.json").get("id").isNull()).isTrue();
    }

    @Test
    void write_refusedProgram_listsEveryProblem() throws IOException {
        new ResultFolder(folder, "tiny")
                .writeRefusal(
                        Optional.empty(),
                        List.of(
                                new Problem(ErrorCode.UNKNOWN_MODULE, "/cache/0", "no module 'x'"),
                                new Problem(ErrorCode.SHAPE_MISMATCH, "/stop", "bad")));

        JsonNode result = json("result.json");
        assertThat(result.get("errors")).hasSize(2);
        assertThat(result.get("error"))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"code": "UNKNOWN_MODULE", "message": "no module 'x'", "pointer": "/cache/0"}
                                """));
        assertThat(result.at("/errors/1/code").asText()).isEqualTo("SHAPE_MISMATCH");
    }

    private JsonNode json(String file) throws IOException {
        return JSON.readTree(Files.readString(folder.resolve(file)));
    }

    private static Capture capture(String module) {
        return new Capture(
                "0",
                0,
                HookPoint.of(module, Io.OUTPUT),
                0,
                2,
                "post",
                "none",
                new int[] {1},
                ElementType.FLOAT16,
                new int[] {1, 2},
                new byte[] {1, 2, 3, 4});
    }
}
