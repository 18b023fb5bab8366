/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/**
 * Writes programs as canonical JSON: fields in the order of the reference, those that have their
 * default left out, tensors as bytes. What is written reads back as the same program, but for
 * pointers, which follow the written document.
 */
public final class ProgramWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private ProgramWriter() {}

    /** The program as UTF-8 JSON. */
    public static byte[] write(Program program) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = FACTORY.createGenerator(bytes, JsonEncoding.UTF8)) {
            write(program, json);
        } catch (IOException e) {
            throw new UncheckedIOException("a program could not be written", e);
        }
        return bytes.toByteArray();
    }

    private static void write(Program program, JsonGenerator json) throws IOException {
        ObjectWriter out = new ObjectWriter(json);
        json.writeStartObject();
        about(program.about(), out);
        out.names("policies", program.policies());
        if (!program.invocations().isEmpty()) {
            json.writeArrayFieldStart("invocations");
            for (Invocation invocation : program.invocations()) {
                write(invocation, out);
            }
            json.writeEndArray();
        }
        interventions(program.interventions(), out);
        caches(program.cache(), out);
        if (program.generate().isPresent()) {
            write(program.generate().get(), out);
        }
        if (program.logits() != LogitsRequest.LAST) {
            out.text("logits", program.logits().name().toLowerCase(Locale.ROOT));
        }
        if (program.stop().isPresent()) {
            write(program.stop().get(), out);
        }
        json.writeEndObject();
    }

    private static void about(About about, ObjectWriter out) throws IOException {
        out.text("id", about.id());
        out.text("model", about.model());
        out.text("tenant", about.tenant());
        out.text("session", about.session());
        out.text("time", about.time().map(Object::toString));
        out.texts("headers", about.headers());
    }

    private static void write(Invocation invocation, ObjectWriter out) throws IOException {
        out.json().writeStartObject();
        out.text("name", invocation.name());
        if (invocation.prompt() instanceof Prompt.Text text) {
            out.text("prompt", text.text());
        } else if (invocation.prompt() instanceof Prompt.Tokens tokens) {
            out.integers("tokens", tokens.ids());
        }
        interventions(invocation.interventions(), out);
        caches(invocation.cache(), out);
        out.json().writeEndObject();
    }

    private static void interventions(List<Intervention> interventions, ObjectWriter out)
            throws IOException {
        if (!interventions.isEmpty()) {
            out.json().writeArrayFieldStart("interventions");
            for (Intervention intervention : interventions) {
                OperationWriter.write(intervention, out);
            }
            out.json().writeEndArray();
        }
    }

    private static void caches(List<CachePolicy> caches, ObjectWriter out) throws IOException {
        if (!caches.isEmpty()) {
            out.json().writeArrayFieldStart("cache");
            for (CachePolicy cache : caches) {
                CachePolicyWriter.write(cache, out);
            }
            out.json().writeEndArray();
        }
    }

    private static void write(Generation generate, ObjectWriter out) throws IOException {
        JsonGenerator json = out.json();
        json.writeObjectFieldStart("generate");
        json.writeNumberField("max_new_tokens", generate.maxNewTokens());
        if (generate.eosTokenIds().isPresent()) {
            out.integers("eos_token_ids", generate.eosTokenIds().get());
        }
        out.number("temperature", generate.temperature(), 0);
        if (generate.topK().isPresent()) {
            json.writeNumberField("top_k", generate.topK().getAsInt());
        }
        out.number("top_p", generate.topP());
        if (generate.seed().isPresent()) {
            json.writeNumberField("seed", generate.seed().getAsLong());
        }
        json.writeEndObject();
    }

    private static void write(StopAt stop, ObjectWriter out) throws IOException {
        out.json().writeObjectFieldStart("stop");
        out.text("module", stop.module());
        if (stop.io() != Io.OUTPUT) {
            out.text("io", stop.io().wireName());
        }
        if (stop.step() != 0) {
            out.json().writeNumberField("step", stop.step());
        }
        out.json().writeEndObject();
    }
}
