/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A model to serve, as a control event describes it. What is absent is as it is for the job's own
 * model.
 *
 * @param path folder or ONNX file, as the job resolves it
 * @param version what outputs call it
 * @param digest SHA-256 in lower-case hex that the model must have
 * @param tokenizer file, else the one beside the model
 * @param weights how precise they are, by name
 * @param threads of one forward pass
 * @param device what it runs on, by name
 */
public record ModelBody(
        String path,
        Optional<String> version,
        Optional<String> digest,
        Optional<String> tokenizer,
        Optional<String> weights,
        OptionalInt threads,
        Optional<String> device) {
    public ModelBody {
        requireNonNull(path, "path");
        requireNonNull(version, "version");
        requireNonNull(digest, "digest");
        requireNonNull(tokenizer, "tokenizer");
        requireNonNull(weights, "weights");
        requireNonNull(threads, "threads");
        requireNonNull(device, "device");
    }
}
