/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hookline.alert.RuleChange;
import io.hookline.alert.RuleReader;
import io.hookline.program.ControlEntry;
import io.hookline.program.ControlKind;
import io.hookline.program.ControlReader;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Control events in a file: a list of them, or one after the other.
 *
 * @param rules those that are right
 * @param refused what is wrong with the others, by where they stand
 */
record RuleFile(List<RuleChange> rules, Map<String, List<Problem>> refused) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Of a rule that is in no topic. */
    private static final long NO_VERSION = -1;

    /** Reads the file; other control events in it are no rules and left alone. */
    static RuleFile read(Path file) throws IOException {
        List<RuleChange> rules = new ArrayList<>();
        Map<String, List<Problem>> refused = new LinkedHashMap<>();
        try (MappingIterator<JsonNode> events =
                JSON.readerFor(JsonNode.class).readValues(file.toFile())) {
            for (int number = 1; events.hasNextValue(); number++) {
                JsonNode event = events.nextValue();
                try {
                    add(event, rules);
                } catch (ProgramException wrong) {
                    String name = event.path("name").asText("");
                    String where =
                            "rule %d%s".formatted(number, name.isEmpty() ? "" : " '" + name + "'");
                    refused.put(where, wrong.problems());
                }
            }
        } catch (JsonProcessingException broken) {
            throw new IOException(
                    "no valid JSON in '%s': %s".formatted(file, broken.getOriginalMessage()),
                    broken);
        }
        return new RuleFile(rules, refused);
    }

    private static void add(JsonNode event, List<RuleChange> rules) throws ProgramException {
        ControlEntry entry = ControlReader.read(event);
        if (entry.kind() != ControlKind.RULE) {
            return;
        }
        if (entry instanceof ControlEntry.Document document) {
            rules.add(RuleReader.change(document, NO_VERSION));
            return;
        }
        throw new ProgramException(
                List.of(
                        new Problem(
                                ErrorCode.MALFORMED_EVENT,
                                "/remove",
                                "a removal can't be checked, only rules that are put")));
    }
}
