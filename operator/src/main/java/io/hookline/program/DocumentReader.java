/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** Reads bodies of control events whose meaning is another package's, with the same checks. */
public final class DocumentReader {
    private static final String BODY = "body";

    private DocumentReader() {}

    /**
     * Reads the body of a control event.
     *
     * @param reader reads what it can, and reports the rest at the values that are wrong
     * @throws ProgramException with every problem, in document order, by pointers into the event
     */
    public static <T> T body(ControlEntry.Document entry, Function<Value, T> reader)
            throws ProgramException {
        JsonNode body = JsonDocument.event(entry.json().getBytes(StandardCharsets.UTF_8));
        ObjectNode event = JsonNodeFactory.instance.objectNode().set(BODY, body);
        Problems problems = new Problems();
        T read = reader.apply(Value.root(event, problems).member(BODY, body));
        if (problems.count() > 0) {
            throw new ProgramException(new DocumentOrder(() -> event).sorted(problems.list()));
        }
        return read;
    }
}
