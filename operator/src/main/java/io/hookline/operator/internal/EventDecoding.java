/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.program.CachePolicy;
import io.hookline.runtime.Capture;
import io.hookline.runtime.Decoding;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.Envelope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Events in a decoding of their model, and the envelopes that each step of theirs comes to. */
final class EventDecoding implements Engine.Stepping {
    private final Decoding decoding;
    private final OutcomeWriter writer;
    private final Map<Long, Member> members = new HashMap<>();

    /**
     * One event.
     *
     * @param counts records so far, by cache
     */
    private record Member(Ask ask, Map<String, Long> counts) {}

    EventDecoding(Decoding decoding, OutcomeWriter writer) {
        this.decoding = decoding;
        this.writer = writer;
    }

    @Override
    public void join(long ticket, Engine.Ready event) {
        decoding.join(ticket, event.trace());
        members.put(ticket, new Member(event.ask(), new TreeMap<>()));
    }

    @Override
    public void leave(long ticket) {
        decoding.leave(ticket);
        members.remove(ticket);
    }

    @Override
    public Engine.Step step(boolean patient) {
        Decoding.Ready ready =
                patient
                        ? new Decoding.Ready(decoding.step(), Optional.empty())
                        : decoding.stepReady();
        List<Engine.Stepped> stepped = new ArrayList<>();
        for (Decoding.Advance advance : ready.advances()) {
            Engine.Stepped each = stepped(advance);
            stepped.add(each);
            if (each.ended()) {
                leave(each.ticket());
            }
        }
        return new Engine.Step(stepped, ready.plan());
    }

    private Engine.Stepped stepped(Decoding.Advance advance) {
        Member member = member(advance.ticket());
        try {
            List<Envelope> envelopes =
                    new ArrayList<>(writer.activations(member.ask(), advance.captures()));
            for (Capture capture : advance.captures()) {
                if (!CachePolicy.isHeld(capture.cache())) {
                    member.counts().merge(capture.cache(), 1L, Long::sum);
                }
            }
            if (advance.end().isEmpty()) {
                Outputs outputs = new Outputs(Optional.empty(), advance.generated(), envelopes);
                return new Engine.Stepped(advance.ticket(), outputs, false);
            }
            return new Engine.Stepped(advance.ticket(), ended(member, advance, envelopes), true);
        } catch (IllegalArgumentException | OutOfMemoryError unwritable) {
            Outputs letter = writer.unwritable(member.ask(), unwritable, 1);
            return new Engine.Stepped(advance.ticket(), letter, true);
        }
    }

    private Outputs ended(Member member, Decoding.Advance advance, List<Envelope> envelopes) {
        Decoding.End end = advance.end().orElseThrow();
        if (end.outcome() instanceof TraceOutcome.Completed completed) {
            envelopes.add(writer.result(member.ask(), completed.rows(), member.counts()));
            envelopes.addAll(writer.signals(member.ask(), completed.rows()));
            return new Outputs(Optional.empty(), advance.generated(), envelopes);
        }
        return writer.failed(member.ask(), (TraceOutcome.Failed) end.outcome(), end.attempts());
    }

    private Member member(long ticket) {
        Member member = members.get(ticket);
        if (member == null) {
            throw new IllegalStateException("nobody has ticket " + ticket);
        }
        return member;
    }

    @Override
    public int rows() {
        return decoding.rows();
    }

    @Override
    public void close() {
        decoding.close();
    }
}
