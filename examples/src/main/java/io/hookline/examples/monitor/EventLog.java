/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.DeadLetter;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.SourceRecord;
import io.hookline.schema.codec.SchemaException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The newest events, with what was recorded of them; by their number and that of norms. */
final class EventLog {
    private static final int MAX_EVENTS = 500;
    private static final int MAX_CELLS = 2_000_000;
    private static final int MAX_PAIRS = 50;

    private final LinkedHashMap<EventKey, SeenEvent> events = new LinkedHashMap<>();
    private long cells;
    private long version;

    /** Grows with every change. */
    long version() {
        return version;
    }

    void enter(InvocationResult result) {
        event(result.getSource(), result.getEventId()).enter(result);
    }

    void enter(DeadLetter letter) {
        event(letter.getSource(), letter.getEventId().orElse("")).enter(letter);
    }

    /**
     * Takes what a record says about tokens.
     *
     * @throws SchemaException when the record's bytes do not fill its shape
     */
    void enter(ActivationRecord record) throws SchemaException {
        Optional<TokenNorms> norms = TokenNorms.of(record);
        if (norms.isPresent()) {
            cells += event(record.getSource(), record.getEventId()).enter(record, norms.get());
            shrink();
        }
    }

    private SeenEvent event(SourceRecord source, String id) {
        version++;
        SeenEvent event =
                events.computeIfAbsent(EventKey.of(source), added -> new SeenEvent(source, id));
        shrink();
        return event;
    }

    private void shrink() {
        Iterator<SeenEvent> oldest = events.values().iterator();
        while ((events.size() > MAX_EVENTS || cells > MAX_CELLS) && events.size() > 1) {
            cells -= oldest.next().cells();
            oldest.remove();
        }
    }

    /** Summaries of the newest events, newest first. */
    ArrayNode newest() {
        List<SeenEvent> all = new ArrayList<>(events.values());
        ArrayNode array = Json.array();
        for (int i = all.size() - 1; i >= 0; i--) {
            array.add(all.get(i).summary());
        }
        return array;
    }

    /** Everything about an event that is still kept. */
    Optional<ObjectNode> detail(EventKey key) {
        return Optional.ofNullable(events.get(key)).map(SeenEvent::detail);
    }

    /** The key of the newest event of that id. */
    Optional<EventKey> find(String eventId) {
        EventKey found = null;
        for (SeenEvent event : events.values()) {
            if (event.hasId(eventId)) {
                found = event.key();
            }
        }
        return Optional.ofNullable(found);
    }

    /** The newer one, unless only the older one has activations. */
    private static SeenEvent moreToShow(SeenEvent older, SeenEvent newer) {
        return newer.cells() == 0 && older.cells() > 0 ? older : newer;
    }

    /** Events with the same prompt of which one was edited and one was not, newest first. */
    ArrayNode pairs() {
        Map<List<Integer>, SeenEvent> plain = new LinkedHashMap<>();
        Map<List<Integer>, SeenEvent> edited = new LinkedHashMap<>();
        for (SeenEvent event : events.values()) {
            if (!event.prompt().isEmpty()) {
                (event.isEdited() ? edited : plain)
                        .merge(event.prompt(), event, EventLog::moreToShow);
            }
        }
        List<List<Integer>> shared = new ArrayList<>(edited.keySet());
        shared.retainAll(plain.keySet());
        ArrayNode array = Json.array();
        for (int i = shared.size() - 1; i >= 0 && array.size() < MAX_PAIRS; i--) {
            List<Integer> prompt = shared.get(i);
            ObjectNode pair = array.addObject();
            pair.set("plain", Optional.ofNullable(plain.get(prompt)).orElseThrow().summary());
            pair.set("edited", Optional.ofNullable(edited.get(prompt)).orElseThrow().summary());
        }
        return array;
    }
}
