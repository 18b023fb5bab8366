/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import java.util.Optional;

/**
 * Of a model without a tokenizer: it takes token ids as they are, and what it makes has no text.
 */
record NoTokenizer(String reason) implements TextCodec {
    @Override
    public Optional<String> lack() {
        return Optional.of(reason);
    }

    @Override
    public int[] encode(String text) {
        throw new UnsupportedOperationException(reason);
    }

    @Override
    public String decode(int[] tokens) {
        return "";
    }

    @Override
    public void close() {}
}
