/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.databind.JsonNode;
import io.hookline.schema.ControlEvent;
import io.hookline.schema.ErrorCode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads control events from JSON and Avro, with the checks that programs get. */
public final class ControlReader {
    private static final FieldNames NAMES =
            FieldNames.of("a control event", "put", "remove", "name", "body", "match", "effective");
    private static final FieldNames MATCH =
            FieldNames.of("'match'", "headers", "tenant", "model", "share");

    private ControlReader() {}

    /**
     * Reads a control event from UTF-8 JSON.
     *
     * @throws ProgramException with every problem, in document order
     */
    public static ControlEntry read(byte[] json) throws ProgramException {
        return read(JsonDocument.event(json));
    }

    /**
     * Reads a control event from a parsed document.
     *
     * @throws ProgramException with every problem, in document order
     */
    public static ControlEntry read(JsonNode document) throws ProgramException {
        return read(document, new Problems());
    }

    /**
     * Reads a control event from its Avro record.
     *
     * @throws ProgramException with every problem, by pointers of the same document as JSON
     */
    public static ControlEntry read(ControlEvent event) throws ProgramException {
        Problems problems = new Problems();
        return read(AvroDocument.of(event, problems), problems);
    }

    /**
     * What a record without a value removes.
     *
     * @param key the Kafka key, {@code kind/name}
     * @throws ProgramException when it is no such key
     */
    public static ControlEntry.Removal removal(String key) throws ProgramException {
        int slash = key.indexOf('/');
        ControlKind kind = ControlKind.BY_NAME.get(key.substring(0, Math.max(slash, 0)));
        if (kind == null || slash == key.length() - 1) {
            String message =
                    "a control record's key must be 'kind/name' with a kind of %s, got '%s'"
                            .formatted(
                                    FieldNames.quoted(ControlKind.BY_NAME.keySet()),
                                    Values.shortened(key));
            throw new ProgramException(
                    List.of(new Problem(ErrorCode.MALFORMED_EVENT, "", message)));
        }
        return new ControlEntry.Removal(kind, key.substring(slash + 1), Optional.empty());
    }

    private static ControlEntry read(JsonNode document, Problems problems) throws ProgramException {
        ControlEntry entry = entry(Fields.of(Value.root(document, problems), NAMES));
        if (problems.count() > 0) {
            throw new ProgramException(new DocumentOrder(() -> document).sorted(problems.list()));
        }
        return entry;
    }

    private static ControlEntry entry(Fields fields) {
        Optional<ControlKind> put = kind(fields, "put");
        Optional<ControlKind> remove = kind(fields, "remove");
        if (put.isPresent() && remove.isPresent()) {
            fields.object().refuse("a control event takes 'put' or 'remove', not both");
        }
        if (put.isEmpty() && remove.isEmpty()) {
            fields.missing("a control event needs 'put' or 'remove'", List.of("put", "remove"));
        }
        if (put.isPresent()) {
            return put(put.get(), fields);
        }
        remove.ifPresent(kind -> refuseContent(fields));
        return new ControlEntry.Removal(
                remove.orElse(ControlKind.RULE), fields.requiredName("name"), effective(fields));
    }

    private static Optional<ControlKind> kind(Fields fields, String field) {
        return fields.optional(field)
                .map(kind -> kind.choice(ControlKind.BY_NAME, ControlKind.RULE));
    }

    private static void refuseContent(Fields fields) {
        for (String field : List.of("body", "match")) {
            fields.optional(field)
                    .ifPresent(
                            value -> value.refuse("what is removed has no '%s'".formatted(field)));
        }
    }

    private static ControlEntry put(ControlKind kind, Fields fields) {
        String name = fields.requiredName("name");
        Optional<Value> body = fields.required("body");
        Optional<PolicyMatch> match = fields.optional("match").map(ControlReader::match);
        if (kind == ControlKind.POLICY && body.isPresent()) {
            Program policy = ProgramReader.policy(body.get());
            return new ControlEntry.Policy(name, policy, match, effective(fields));
        }
        if (kind == ControlKind.PROBE && body.isPresent()) {
            SignalDefinition signal = SignalReader.read(name, body.get());
            return new ControlEntry.Probe(name, signal, match, effective(fields));
        }
        if (kind == ControlKind.VECTOR) {
            fields.optional("match").ifPresent(value -> value.refuse("a vector has no 'match'"));
            TensorValue.Literal tensor =
                    body.map(TensorReader::literal).orElse(TensorReader.PLACEHOLDER);
            return new ControlEntry.Vector(name, tensor, effective(fields));
        }
        if (kind == ControlKind.MODEL && body.isPresent()) {
            fields.optional("match").ifPresent(value -> value.refuse("a model has no 'match'"));
            return new ControlEntry.Model(
                    name, ModelBodyReader.read(body.get()), effective(fields));
        }
        return new ControlEntry.Document(
                kind, name, body.map(ControlReader::text).orElse(""), match, effective(fields));
    }

    private static String text(Value body) {
        if (!body.node().isObject()) {
            body.refuseFor("an object");
        }
        return body.jsonText();
    }

    private static Optional<Instant> effective(Fields fields) {
        return fields.optional("effective").map(TimeReader::read);
    }

    private static PolicyMatch match(Value value) {
        Fields fields = Fields.of(value, MATCH);
        return new PolicyMatch(
                fields.optional("headers").map(Value::texts).orElse(Map.of()),
                fields.optional("tenant").map(Value::text),
                fields.optional("model").map(Value::name),
                fields.optional("share")
                        .map(share -> OptionalDouble.of(share.number(0, 1)))
                        .orElse(OptionalDouble.empty()));
    }
}
