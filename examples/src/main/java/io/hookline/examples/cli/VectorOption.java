/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

import io.hookline.program.ProgramException;
import io.hookline.program.TensorValue;
import io.hookline.program.VectorsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that gives named vectors to programs. */
final class VectorOption {
    @Option(
            names = "--vectors",
            paramLabel = "FILE",
            description = "named tensors for {\"ref\": \"name\"}: a JSON object, or safetensors")
    private @Nullable Path file;

    /** The vectors by name, none when the option is not given. */
    Map<String, TensorValue.Literal> read() throws IOException, ProgramException {
        return file == null ? Map.of() : VectorsReader.read(Files.readAllBytes(file));
    }
}
