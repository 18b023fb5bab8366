/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads files of named tensors: a JSON object of tensors, or safetensors. */
public final class VectorsReader {
    private VectorsReader() {}

    /**
     * The tensors by name, in the file's order.
     *
     * @throws ProgramException with every problem; pointers begin with the tensor's name
     */
    public static Map<String, TensorValue.Literal> read(byte[] file) throws ProgramException {
        Problems problems = new Problems();
        JsonNode document =
                Safetensors.isOne(file)
                        ? Safetensors.document(file, problems)
                        : JsonDocument.file(file);
        Map<String, TensorValue.Literal> vectors = new LinkedHashMap<>();
        Value.root(document, problems)
                .members()
                .forEach((name, value) -> vectors.put(name, TensorReader.literal(value)));
        if (problems.count() > 0) {
            List<Problem> sorted = new DocumentOrder(() -> document).sorted(problems.list());
            throw new ProgramException(sorted);
        }
        return vectors;
    }
}
