/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import io.hookline.program.ProgramReader;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.TraceOutcome;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Loads a model and runs one prompt, in a process of its own. */
final class ModelLoad {
    private static final String PROGRAM =
            "{\"invocations\": [{\"prompt\": \"Ticket from Anna: Hello,\"}]}";

    private ModelLoad() {}

    public static void main(String[] arguments) throws Exception {
        try (ModelRuntime runtime =
                new OnnxModelLoader(OnnxModelLoader.defaultCacheFolder())
                        .load(ModelSpec.cpu(Path.of(arguments[0])))) {
            byte[] program = PROGRAM.getBytes(StandardCharsets.UTF_8);
            TraceOutcome outcome =
                    runtime.run(List.of(runtime.plan(ProgramReader.read(program)))).get(0);
            if (outcome instanceof TraceOutcome.Completed) {
                System.out.println("ran " + runtime.info().name());
            }
        }
    }
}
