/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert.internal;

import io.hookline.alert.Rule;
import io.hookline.alert.RuleReader;
import io.hookline.program.ControlEntry;
import io.hookline.program.ControlKind;
import io.hookline.program.ControlReader;
import io.hookline.program.ProgramException;
import io.hookline.schema.ControlEvent;
import io.hookline.schema.EventFormat;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.SchemaException;
import io.hookline.schema.codec.SourceEventCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;

/**
 * The rules in force as broadcast state: of each the control event that put it, as it was read, so
 * that what is kept does not depend on how rules are read.
 */
final class RuleBook {
    /** By name, the control event behind {@link SourceEventCodec}'s version byte. */
    static final MapStateDescriptor<String, byte[]> STATE =
            new MapStateDescriptor<>(
                    "hookline-rules-v1",
                    StringSerializer.INSTANCE,
                    BytePrimitiveArraySerializer.INSTANCE);

    private final BroadcastState<String, byte[]> state;
    private final AvroFraming framing;
    private final Map<String, Rule> rules = new TreeMap<>();

    /** Takes up what was in force when the state was written. */
    RuleBook(OperatorStateStore store, AvroFraming framing) throws Exception {
        this.state = store.getBroadcastState(STATE);
        this.framing = framing;
        for (Map.Entry<String, byte[]> entry : state.entries()) {
            SourceEvent event = event(entry.getValue());
            if (entry(event).orElse(null) instanceof ControlEntry.Document document) {
                rules.put(entry.getKey(), rule(document, event));
            }
        }
    }

    /**
     * What a control event changes.
     *
     * @param before the rule that holds no longer, empty when there was none
     * @param after the rule that holds now, empty when it was removed
     */
    record Replaced(Optional<Rule> before, Optional<Rule> after) {}

    /** The rules in force, by name. */
    Collection<Rule> rules() {
        return rules.values();
    }

    /** The newest version among them, -1 when there is none. */
    long newest() {
        return rules.values().stream().mapToLong(Rule::version).max().orElse(-1);
    }

    /** The rule of that name, when one is in force. */
    Optional<Rule> find(String name) {
        return Optional.ofNullable(rules.get(name));
    }

    /**
     * Applies a control event; one that is about anything but rules changes nothing.
     *
     * @throws ProgramException when it is a rule and wrong; then nothing changes
     */
    Optional<Replaced> apply(SourceEvent event) throws Exception {
        Optional<ControlEntry> entry = entry(event);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        String name = entry.get().name();
        if (entry.get() instanceof ControlEntry.Document document) {
            Rule rule = rule(document, event);
            state.put(name, bytes(event));
            return Optional.of(
                    new Replaced(Optional.ofNullable(rules.put(name, rule)), Optional.of(rule)));
        }
        RuleReader.requireAtOnce(entry.get());
        state.remove(name);
        return Optional.of(new Replaced(Optional.ofNullable(rules.remove(name)), Optional.empty()));
    }

    private static Rule rule(ControlEntry.Document document, SourceEvent event)
            throws ProgramException {
        return RuleReader.read(document, event.position().offset());
    }

    /** What it says of a rule. What is no control event at all is reported where events run. */
    private Optional<ControlEntry> entry(SourceEvent event) {
        try {
            ControlEntry entry = read(event);
            return entry.kind() == ControlKind.RULE ? Optional.of(entry) : Optional.empty();
        } catch (ProgramException | SchemaException reportedElsewhere) {
            return Optional.empty();
        }
    }

    private ControlEntry read(SourceEvent event) throws ProgramException, SchemaException {
        if (event.value().length == 0) {
            return ControlReader.removal(new String(event.key(), StandardCharsets.UTF_8));
        }
        return event.format() == EventFormat.JSON
                ? ControlReader.read(event.value())
                : ControlReader.read(framing.decode(event.value(), ControlEvent.class));
    }

    private static byte[] bytes(SourceEvent event) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SourceEventCodec.write(event, new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static SourceEvent event(byte[] bytes) throws IOException {
        return SourceEventCodec.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }

    /**
     * Applies what was in force when a job without state was started; what is wrong is left out.
     */
    void begin(List<SourceEvent> events, RefusedRule refused) throws Exception {
        for (SourceEvent event : events) {
            try {
                apply(event);
            } catch (ProgramException wrong) {
                refused.accept(event, wrong);
            }
        }
    }

    /** Who hears of a rule that is wrong. */
    @FunctionalInterface
    interface RefusedRule {
        /** Takes the control event and what is wrong with it. */
        void accept(SourceEvent event, ProgramException wrong);
    }
}
