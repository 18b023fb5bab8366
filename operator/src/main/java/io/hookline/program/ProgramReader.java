/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.databind.JsonNode;
import io.hookline.schema.ErrorCode;
import io.hookline.schema.PromptEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads programs from JSON documents and checks everything that needs no model. Unknown fields are
 * errors; null is the same as an absent field where the field is optional.
 */
public final class ProgramReader {
    private static final FieldNames NAMES =
            FieldNames.of(
                    "a program",
                    "id",
                    "model",
                    "tenant",
                    "session",
                    "time",
                    "headers",
                    "policies",
                    "invocations",
                    "interventions",
                    "cache",
                    "generate",
                    "logits",
                    "stop");
    private static final FieldNames INVOCATION =
            FieldNames.of("an invocation", "prompt", "tokens", "name", "interventions", "cache");
    private static final FieldNames STOP = FieldNames.of("'stop'", "module", "io", "step");
    private static final Map<String, LogitsRequest> LOGITS = logits();
    private static final Map<String, Io> STOP_IOS =
            Map.of(Io.OUTPUT.wireName(), Io.OUTPUT, Io.INPUT.wireName(), Io.INPUT);

    /** What only an event has, not a policy. */
    private static final List<String> OF_EVENTS =
            List.of("id", "tenant", "session", "time", "headers", "policies");

    private ProgramReader() {}

    /**
     * Reads an event's program from UTF-8 JSON.
     *
     * @throws ProgramException with every problem, in document order
     */
    public static Program read(byte[] json) throws ProgramException {
        return read(JsonDocument.event(json));
    }

    /**
     * Reads an event's program from a parsed document.
     *
     * @throws ProgramException with every problem, in document order
     */
    public static Program read(JsonNode document) throws ProgramException {
        return draft(document).orThrow();
    }

    /**
     * Reads an event's program from its Avro record.
     *
     * @throws ProgramException with every problem, by pointers of the same document as JSON
     */
    public static Program read(PromptEvent event) throws ProgramException {
        return draft(event).orThrow();
    }

    /**
     * Reads as much of an event's program as can be read, so that later steps can add what they
     * find wrong.
     *
     * @throws ProgramException when the bytes are no JSON document
     */
    public static ProgramDraft draft(byte[] json) throws ProgramException {
        return draft(JsonDocument.event(json));
    }

    /** Reads as much of an event's program as can be read. */
    public static ProgramDraft draft(JsonNode document) {
        return draft(document, new Problems());
    }

    /** Reads as much of an event's program as can be read; the checks are those of JSON. */
    public static ProgramDraft draft(PromptEvent event) {
        Problems problems = new Problems();
        return draft(AvroDocument.of(event, problems), problems);
    }

    private static ProgramDraft draft(JsonNode document, Problems problems) {
        Fields fields = Fields.of(Value.root(document, problems), NAMES);
        Program program =
                program(fields, fields.required("invocations").map(ProgramReader::invocations));
        boolean complete = program.policies().isEmpty() || program.generate().isPresent();
        if (complete && !problems.within("/generate")) {
            problems.addAll(WholeProgram.problems(program));
        }
        return new ProgramDraft(program, problems.list(), new DocumentOrder(() -> document));
    }

    /** Reads the body of a policy: a program without invocations, which is checked when merged. */
    static Program policy(Value body) {
        Fields fields = Fields.of(body, NAMES);
        for (String name : OF_EVENTS) {
            fields.optional(name).ifPresent(value -> refuseInPolicy(name, value));
        }
        fields.optional("invocations")
                .filter(value -> !value.node().isArray() || !value.node().isEmpty())
                .ifPresent(value -> refuseInPolicy("invocations", value));
        return program(fields, Optional.empty());
    }

    private static void refuseInPolicy(String name, Value value) {
        if (!value.node().isContainerNode() || !value.node().isEmpty()) {
            value.refuse("'%s' belongs to an event and cannot stand in a policy".formatted(name));
        }
    }

    private static Program program(Fields fields, Optional<List<Invocation>> invocations) {
        return new Program(
                about(fields),
                fields.optional("policies").map(ProgramReader::names).orElse(List.of()),
                invocations.orElse(List.of()),
                InterventionReader.list(fields.optional("interventions")),
                CachePolicyReader.list(fields.optional("cache")),
                fields.optional("generate").map(GenerationReader::read),
                fields.optional("logits")
                        .map(logits -> logits.choice(LOGITS, LogitsRequest.LAST))
                        .orElse(LogitsRequest.LAST),
                fields.optional("stop").map(ProgramReader::stop));
    }

    private static About about(Fields fields) {
        return new About(
                fields.optional("id").map(Value::name),
                fields.optional("model").map(Value::name),
                fields.optional("tenant").map(Value::text),
                fields.optional("session").map(Value::text),
                fields.optional("time").map(TimeReader::read),
                fields.optional("headers").map(Value::texts).orElse(Map.of()));
    }

    private static List<String> names(Value list) {
        return list.items().stream().map(Value::name).toList();
    }

    private static List<Invocation> invocations(Value list) {
        if (list.node().isArray() && list.node().isEmpty()) {
            list.refuse("'invocations' needs at least one invocation");
        }
        List<Invocation> invocations = new ArrayList<>();
        list.items().forEach(item -> invocations.add(invocation(item)));
        return invocations;
    }

    private static Invocation invocation(Value item) {
        Fields fields = Fields.of(item, INVOCATION);
        return new Invocation(
                fields.optional("name").map(Value::text),
                prompt(fields),
                InterventionReader.list(fields.optional("interventions")),
                CachePolicyReader.list(fields.optional("cache")));
    }

    private static Prompt prompt(Fields fields) {
        Optional<Value> prompt = fields.optional("prompt");
        Optional<Value> tokens = fields.optional("tokens");
        if (prompt.isPresent() && tokens.isPresent()) {
            fields.object().refuse("an invocation takes 'prompt' or 'tokens', not both");
        }
        if (prompt.isEmpty() && tokens.isEmpty() && fields.object().node().isObject()) {
            fields.missing("an invocation needs 'prompt' or 'tokens'", List.of("prompt", "tokens"));
        }
        Optional<Prompt> ids = tokens.map(ProgramReader::ids);
        return prompt.<Prompt>map(text -> new Prompt.Text(text(text)))
                .or(() -> ids)
                .orElseGet(() -> new Prompt.Text(""));
    }

    private static String text(Value prompt) {
        String text = prompt.text();
        if (prompt.node().isTextual() && prompt.node().textValue().isEmpty()) {
            prompt.refuse(ErrorCode.PROMPT_EMPTY, "'prompt' is empty");
        }
        return text;
    }

    private static Prompt ids(Value tokens) {
        if (tokens.node().isArray() && tokens.node().isEmpty()) {
            tokens.refuse(ErrorCode.PROMPT_EMPTY, "'tokens' is empty");
        }
        return new Prompt.Tokens(tokens.integers(0));
    }

    private static StopAt stop(Value value) {
        Fields fields = Fields.of(value, STOP);
        return new StopAt(
                fields.requiredName("module"),
                fields.optional("io").map(io -> io.choice(STOP_IOS, Io.OUTPUT)).orElse(Io.OUTPUT),
                fields.optional("step").map(SelectorReader::step).orElse(0),
                value.pointer());
    }

    private static Map<String, LogitsRequest> logits() {
        Map<String, LogitsRequest> logits = new LinkedHashMap<>();
        logits.put("last", LogitsRequest.LAST);
        logits.put("all", LogitsRequest.ALL);
        logits.put("none", LogitsRequest.NONE);
        return logits;
    }
}
