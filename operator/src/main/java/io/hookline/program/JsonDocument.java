/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Parses JSON text into a tree: one document, no field twice, bounded in depth and size. */
final class JsonDocument {
    private static final int DEPTH = 64;

    /** For events: what a broker would accept at all, and a tree of bounded size. */
    private static final JsonMapper EVENTS = mapper(128L << 20, 2_000_000);

    /** For files that somebody put on the disk. */
    private static final JsonMapper FILES = mapper(Integer.MAX_VALUE, 100_000_000);

    private JsonDocument() {}

    static JsonNode event(byte[] json) throws ProgramException {
        return parse(EVENTS, json);
    }

    static JsonNode file(byte[] json) throws ProgramException {
        return parse(FILES, json);
    }

    /** The document that a program is written as. */
    static JsonNode written(Program program) {
        try {
            return FILES.readTree(ProgramWriter.write(program));
        } catch (IOException e) {
            throw new UncheckedIOException("a written program could not be read", e);
        }
    }

    private static JsonNode parse(JsonMapper mapper, byte[] json) throws ProgramException {
        try (JsonParser parser = mapper.createParser(json)) {
            return parse(mapper, parser);
        } catch (IOException e) {
            throw refused("", reason(e));
        }
    }

    private static JsonNode parse(JsonMapper mapper, JsonParser parser)
            throws IOException, ProgramException {
        try {
            JsonNode document = mapper.readTree(parser);
            if (document == null || document.isMissingNode()) {
                throw refused("", "the document is empty, expected a JSON object");
            }
            return document;
        } catch (JsonProcessingException e) {
            throw refused(parser.getParsingContext().pathAsPointer().toString(), reason(e));
        }
    }

    private static String reason(IOException failure) {
        String what =
                failure instanceof JsonProcessingException json
                        ? json.getOriginalMessage()
                        : String.valueOf(failure.getMessage());
        String where =
                failure instanceof JsonProcessingException json && json.getLocation() != null
                        ? " at line %d, column %d"
                                .formatted(
                                        json.getLocation().getLineNr(),
                                        json.getLocation().getColumnNr())
                        : "";
        return "no valid JSON%s: %s".formatted(where, what.lines().findFirst().orElse(""));
    }

    private static ProgramException refused(String pointer, String message) {
        return new ProgramException(
                List.of(new Problem(ErrorCode.MALFORMED_EVENT, pointer, message)));
    }

    private static JsonMapper mapper(long length, long tokens) {
        StreamReadConstraints constraints =
                StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH)
                        .maxDocumentLength(length)
                        .maxTokenCount(tokens)
                        .maxStringLength((int) Math.min(length, Integer.MAX_VALUE))
                        .maxNumberLength(100)
                        .maxNameLength(1000)
                        .build();
        JsonFactory factory =
                JsonFactory.builder()
                        .streamReadConstraints(constraints)
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                        .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }
}
