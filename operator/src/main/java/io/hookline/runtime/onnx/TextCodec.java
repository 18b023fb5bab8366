/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import io.hookline.plan.PromptTokenizer;
import io.hookline.runtime.Detokenizer;

/** Both ways between text and token ids of one model; owned by who opened it. */
interface TextCodec extends PromptTokenizer, Detokenizer, AutoCloseable {
    @Override
    void close();
}
