/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.InvocationOutcome;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.SourceRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the topics have said about one event so far. */
final class SeenEvent {
    private static final int MAX_TEXT = 20_000;
    private static final int MAX_TOKENS = 8_192;
    private static final int MAX_ROWS = 1_000;
    private static final int MAX_INVOCATIONS = 64;
    private static final int PREVIEW = 160;

    private final SourceRecord source;
    private final Map<Row, NormRow> rows = new LinkedHashMap<>();
    private String eventId;
    private final ObjectNode facts = Json.object();
    private final ArrayNode invocations = Json.array();
    private final List<List<Integer>> prompts = new ArrayList<>();
    private String preview = "";
    private String outcome = "running";
    private boolean edited;

    /**
     * A line of the heatmap.
     *
     * @param part the cache's name when it recorded some units only, else empty
     */
    record Row(
            int invocation,
            String modulePath,
            String io,
            int index,
            int visit,
            String stage,
            String part) {}

    SeenEvent(SourceRecord source, String eventId) {
        this.source = source;
        this.eventId = Json.cut(eventId, PREVIEW);
    }

    EventKey key() {
        return EventKey.of(source);
    }

    boolean hasId(String id) {
        return eventId.equals(Json.cut(id, PREVIEW));
    }

    /** Whether an intervention or vector acted on it. */
    boolean isEdited() {
        return edited;
    }

    /** Token ids of the first prompt; empty before the result is there. */
    List<Integer> prompt() {
        return prompts.isEmpty() ? List.of() : prompts.get(0);
    }

    void enter(InvocationResult result) {
        eventId = Json.cut(result.getEventId(), PREVIEW);
        outcome = result.getError().isEmpty() ? "ok" : "failed";
        edited =
                !result.getInterventionVersions().isEmpty()
                        || !result.getVectorVersions().isEmpty();
        facts.put("model", result.getModel())
                .put("modelDigest", result.getModelDigest())
                .put("eventTime", result.getEventTime().toEpochMilli())
                .put("tenant", Json.cut(result.getTenant(), PREVIEW))
                .put("session", Json.cut(result.getSession(), PREVIEW));
        facts.set("headers", Json.strings(result.getHeaders()));
        facts.set("policies", Json.versions(result.getPolicyVersions()));
        facts.set("interventions", Json.versions(result.getInterventionVersions()));
        facts.set("vectors", Json.versions(result.getVectorVersions()));
        facts.set("recordCounts", Json.versions(result.getRecordCounts()));
        ArrayNode omitted = facts.putArray("omitted");
        result.getOmitted().forEach(omitted::add);
        result.getError()
                .ifPresent(error -> facts.put("error", Json.cut(error.getMessage(), MAX_TEXT)));
        invocations.removeAll();
        prompts.clear();
        result.getInvocations().stream().limit(MAX_INVOCATIONS).forEach(this::enter);
    }

    private void enter(InvocationOutcome invocation) {
        List<Integer> prompt =
                List.copyOf(
                        invocation
                                .getTokens()
                                .subList(0, Math.min(MAX_TOKENS, invocation.getTokens().size())));
        prompts.add(prompt);
        ObjectNode node = invocations.addObject();
        node.put("name", Json.cut(invocation.getName(), PREVIEW))
                .put("text", Json.cut(invocation.getText(), MAX_TEXT))
                .put("stopped", invocation.getStopped());
        prompt.forEach(node.putArray("tokens")::add);
        invocation.getGenerated().stream()
                .limit(MAX_TOKENS)
                .forEach(node.putArray("generated")::add);
        if (prompts.size() == 1) {
            preview = Json.cut(invocation.getText().strip(), PREVIEW);
        }
    }

    void enter(DeadLetter letter) {
        outcome = "dead letter";
        preview = Json.cut(letter.getCode() + ": " + letter.getReason(), PREVIEW);
        facts.put("model", Json.cut(letter.getModel(), PREVIEW))
                .put("eventTime", letter.getEventTime().toEpochMilli())
                .put("tenant", Json.cut(letter.getTenant(), PREVIEW))
                .put("session", Json.cut(letter.getSession(), PREVIEW))
                .put("code", letter.getCode())
                .put("error", Json.cut(letter.getReason(), MAX_TEXT));
        facts.set("headers", Json.strings(letter.getHeaders()));
    }

    /**
     * Takes the norms of a record.
     *
     * @return how many cells the event has got by it
     */
    int enter(ActivationRecord record, TokenNorms norms) {
        Row row =
                new Row(
                        record.getInvocation(),
                        record.getModulePath(),
                        record.getIo(),
                        record.getIndex(),
                        record.getVisit(),
                        record.getStage(),
                        record.getUnits().isEmpty() ? "" : record.getCache());
        if (!rows.containsKey(row) && rows.size() >= MAX_ROWS) {
            return 0;
        }
        NormRow cells = rows.computeIfAbsent(row, added -> new NormRow());
        int added = 0;
        for (int i = 0; i < norms.tokens().length; i++) {
            added += cells.put(record.getStep(), norms.tokens()[i], norms.norms()[i]);
        }
        return added;
    }

    int cells() {
        return rows.values().stream().mapToInt(NormRow::size).sum();
    }

    /** One line of the list of events. */
    ObjectNode summary() {
        ObjectNode node =
                Json.object()
                        .put("key", key().text())
                        .put("eventId", eventId)
                        .put("outcome", outcome)
                        .put("edited", edited)
                        .put("preview", preview)
                        .put("rows", rows.size());
        node.set("eventTime", facts.path("eventTime"));
        node.set("tenant", facts.path("tenant"));
        node.set("model", facts.path("model"));
        return node;
    }

    /** Everything about it. */
    ObjectNode detail() {
        ObjectNode node = summary();
        node.setAll(facts.deepCopy());
        node.putObject("source")
                .put("topic", source.getTopic())
                .put("partition", source.getPartition())
                .put("offset", source.getOffset());
        node.set("invocations", invocations.deepCopy());
        ArrayNode array = node.putArray("heatmap");
        rows.forEach((row, cells) -> write(row, cells, array.addObject()));
        return node;
    }

    private static void write(Row row, NormRow cells, ObjectNode node) {
        node.put("invocation", row.invocation())
                .put("module", row.modulePath())
                .put("io", row.io())
                .put("index", row.index())
                .put("visit", row.visit())
                .put("stage", row.stage())
                .put("part", row.part());
        cells.write(node.putArray("steps"), node.putArray("tokens"), node.putArray("norms"));
    }
}
