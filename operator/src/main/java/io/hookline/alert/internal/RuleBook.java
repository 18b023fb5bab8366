/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert.internal;

import io.hookline.alert.Rule;
import io.hookline.alert.RuleChange;
import io.hookline.alert.RuleReader;
import io.hookline.alert.RuleVersions;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;

/**
 * The rules in force as broadcast state: of each the control events that hold for some time, as
 * they were read, so that what is kept does not depend on how rules are read.
 */
final class RuleBook {
    /**
     * By name, control events one behind the other, each behind {@link SourceEventCodec}'s version
     * byte.
     */
    static final MapStateDescriptor<String, byte[]> STATE =
            new MapStateDescriptor<>(
                    "hookline-rules-v1",
                    StringSerializer.INSTANCE,
                    BytePrimitiveArraySerializer.INSTANCE);

    private final BroadcastState<String, byte[]> state;
    private final AvroFraming framing;
    private final RuleVersions rules = new RuleVersions();

    /** Takes up what was in force when the state was written. */
    RuleBook(OperatorStateStore store, AvroFraming framing) throws Exception {
        this.state = store.getBroadcastState(STATE);
        this.framing = framing;
        for (Map.Entry<String, byte[]> entry : state.entries()) {
            for (SourceEvent event : events(entry.getValue())) {
                Optional<ControlEntry> read = entry(event);
                if (read.isPresent()) {
                    rules.apply(change(read.get(), event));
                }
            }
        }
    }

    /** The rules in force. */
    RuleVersions rules() {
        return rules;
    }

    /** The newest version among them, -1 when there is none. */
    long newest() {
        return rules.all().stream().mapToLong(Rule::version).max().orElse(-1);
    }

    /**
     * Applies a control event and returns what it replaces; empty when it is about anything but
     * rules.
     *
     * @throws ProgramException when it is a rule and wrong; then nothing changes
     */
    Optional<List<RuleVersions.Replaced>> apply(SourceEvent event) throws Exception {
        Optional<ControlEntry> entry = entry(event);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        List<RuleVersions.Replaced> replaced = rules.apply(change(entry.get(), event));
        keep(entry.get().name(), event);
        return Optional.of(replaced);
    }

    private static RuleChange change(ControlEntry entry, SourceEvent event)
            throws ProgramException {
        return RuleReader.change(entry, event.position().offset());
    }

    /** Keeps of a name's control events those that hold for some time. */
    private void keep(String name, SourceEvent newest) throws Exception {
        Set<Long> versions =
                rules.of(name).stream().map(RuleChange::version).collect(Collectors.toSet());
        byte[] before = state.get(name);
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        for (SourceEvent older : before == null ? List.<SourceEvent>of() : events(before)) {
            if (versions.contains(older.position().offset())
                    && older.position().offset() != newest.position().offset()) {
                SourceEventCodec.write(older, new DataOutputStream(kept));
            }
        }
        if (versions.contains(newest.position().offset())) {
            SourceEventCodec.write(newest, new DataOutputStream(kept));
        }
        if (kept.size() == 0) {
            state.remove(name);
        } else {
            state.put(name, kept.toByteArray());
        }
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

    private static List<SourceEvent> events(byte[] bytes) throws IOException {
        ByteArrayInputStream left = new ByteArrayInputStream(bytes);
        List<SourceEvent> events = new ArrayList<>();
        while (left.available() > 0) {
            events.add(SourceEventCodec.read(new DataInputStream(left)));
        }
        return events;
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
