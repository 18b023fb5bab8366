/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** A Hugging Face tokenizer.json; what it says of truncation and padding is not followed. */
final class OnnxTokenizer implements TextCodec {
    private final HuggingFaceTokenizer tokenizer;

    private OnnxTokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    static OnnxTokenizer open(Path file) throws IOException {
        return new OnnxTokenizer(
                HuggingFaceTokenizer.newInstance(
                        file, Map.of("truncation", "false", "padding", "false")));
    }

    @Override
    public int[] encode(String text) {
        return Arrays.stream(tokenizer.encode(text, true, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    @Override
    public String decode(int[] tokens) {
        return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), true);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
