/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The models that traces are tested on, and where their modules are. */
enum TestedModel {
    TICKETLM(
            "ticketlm",
            "model.model.layers",
            "self_attn",
            "model.model.embed_tokens",
            "model.model.norm"),
    GPT2(
            "gpt2-12",
            "model.transformer.h",
            "attn",
            "model.transformer.wte",
            "model.transformer.ln_f");

    static final int[] P = {0, 312, 307, 741, 26, 369};
    static final int[] P2 = {0, 55, 402, 13, 700, 21};
    static final int[] Q = {0, 90, 512};

    private static final Map<TestedModel, LanguageModel> OPEN = new ConcurrentHashMap<>();

    private final String folder;
    final String blocks;
    final String attention;
    final String embedding;
    final String norm;
    final String head = "model.lm_head";

    TestedModel(String folder, String blocks, String attention, String embedding, String norm) {
        this.folder = folder;
        this.blocks = blocks;
        this.attention = attention;
        this.embedding = embedding;
        this.norm = norm;
    }

    /** Opened once and shared; it lives as long as the tests. */
    LanguageModel model() {
        return OPEN.computeIfAbsent(this, tested -> LanguageModel.of(open(tested.path())));
    }

    Path path() {
        return Path.of("src/test/resources/models").resolve(folder);
    }

    static ModelRuntime open(Path path) {
        try {
            return new OnnxModelLoader(Path.of("target/test-cache")).load(ModelSpec.cpu(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ModelLoadException e) {
            throw new IllegalStateException(e);
        }
    }

    String block(int index) {
        return blocks + "." + index;
    }

    String mlp(int index) {
        return block(index) + ".mlp";
    }

    String attention(int index) {
        return block(index) + "." + attention;
    }

    String normBeforeAttention(int index) {
        return block(index) + (this == TICKETLM ? ".input_layernorm" : ".ln_1");
    }

    int width() {
        return this == TICKETLM ? 128 : 48;
    }

    int count() {
        return this == TICKETLM ? 6 : 12;
    }

    /** The output of a module when nothing is changed. */
    Tensor plain(int[] tokens, String module) {
        return model().trace(tokens, t -> t.save("value", t.module(module).output()))
                .saved("value");
    }

    Tensor logits(int[] tokens) {
        return plain(tokens, head);
    }
}
