/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.program.InterventionFunctions;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramTracerTest {
    @TempDir private Path folder;

    @Test
    void trace_thatFailsInAnUnforeseenWay_saysSoAndLetsTheNextOneRun() throws Exception {
        Path program = folder.resolve("hello.json");
        Files.writeString(program, "{\"invocations\": [{\"prompt\": \"Hello\"}]}");
        StringWriter said = new StringWriter();
        ModelRuntime runtime =
                new OnnxModelLoader(OnnxModelLoader.defaultCacheFolder())
                        .load(ModelSpec.cpu(Path.of("models/ticketlm")));
        ProgramTracer tracer =
                new ProgramTracer(
                        runtime,
                        new ProgramCheck(runtime, Map.of(), InterventionFunctions.NONE),
                        new PrintWriter(said, true));
        Verdict before = tracer.trace(program, folder.resolve("before"));
        // A model that is closed under a tracer is nothing that any of its programs can expect.
        runtime.close();

        Verdict after = tracer.trace(program, folder.resolve("after"));

        assertThat(before).isEqualTo(Verdict.OK);
        assertThat(after).isEqualTo(Verdict.FAILED);
        JsonNode result = new ObjectMapper().readTree(folder.resolve("after/result.json").toFile());
        assertThat(result.at("/error/code").asText()).isEqualTo("INFERENCE_FAILED");
        assertThat(result.at("/error/message").asText()).contains("closed");
        assertThat(said.toString()).contains("hello.json  ok").contains("IllegalStateException");
    }
}
