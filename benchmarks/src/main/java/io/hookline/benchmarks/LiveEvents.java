/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.schema.Envelope;
import io.hookline.schema.EventFormat;
import io.hookline.schema.InvocationResult;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.codec.AvroFraming;
import io.hookline.schema.codec.SchemaException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Events of a job, some of which are newcomers with edits where no event had them before, and when
 * each arrived and ended. Found by its name, since a job's functions travel by serialisation.
 */
final class LiveEvents {
    private static final Map<String, LiveEvents> BY_NAME = new ConcurrentHashMap<>();

    private final PromptFeed plain;
    private final List<String> modules;
    private final Map<Long, Long> arrivals = new ConcurrentHashMap<>();
    private final Map<Long, Long> ends = new ConcurrentHashMap<>();
    private volatile Newcomers newcomers = new Newcomers(0, 1, 0);

    /**
     * Which events are newcomers.
     *
     * @param first the number of the first one
     * @param every events from one to the next
     */
    private record Newcomers(long first, long every, int count) {
        boolean have(long number) {
            return number >= first
                    && (number - first) % every == 0
                    && (number - first) / every < count;
        }
    }

    private LiveEvents(PromptFeed plain, List<String> modules) {
        this.plain = plain;
        this.modules = List.copyOf(modules);
    }

    /** Events of that model under a name. */
    static LiveEvents open(String name, Subject subject) {
        List<String> modules =
                subject.blocks().outputs().stream().map(site -> site.point().module()).toList();
        LiveEvents events = new LiveEvents(PromptFeed.plain(subject), modules);
        BY_NAME.put(name, events);
        return events;
    }

    static LiveEvents of(String name) {
        LiveEvents events = BY_NAME.get(name);
        if (events == null) {
            throw new IllegalStateException("no events '%s' are open".formatted(name));
        }
        return events;
    }

    /** How many newcomers there can be: as many as there are sets of blocks. */
    int most() {
        return (1 << Math.min(10, modules.size())) - 1;
    }

    /** Makes newcomers of so many events, in the middle of as many stretches. */
    void bring(int count, long from, long every) {
        newcomers = new Newcomers(from + every / 2, every, count);
    }

    boolean isNew(long number) {
        return newcomers.have(number);
    }

    /** The event of that number. */
    SourceEvent event(long number) {
        SourceEvent event = plain.event(number);
        return isNew(number)
                ? new SourceEvent(
                        event.position(),
                        number,
                        EventFormat.JSON,
                        new byte[0],
                        edited(number).getBytes(StandardCharsets.UTF_8),
                        List.of())
                : event;
    }

    /** The plain event with edits at a set of blocks that is its own. */
    private String edited(long number) {
        long set = (number - newcomers.first()) / newcomers.every() + 1;
        String edits =
                IntStream.range(0, modules.size())
                        .filter(block -> (set >> block & 1) == 1)
                        .mapToObj(
                                block ->
                                        "{\"at\": \"%s.output\", \"op\": \"scale\", \"by\": 1.5}"
                                                .formatted(modules.get(block)))
                        .collect(Collectors.joining(", "));
        String document = new String(plain.bytes(number), StandardCharsets.UTF_8);
        return "{\"interventions\": [%s], %s".formatted(edits, document.substring(1));
    }

    /** An event should be served from that time on, in nanoseconds. */
    void arrive(long number, long time) {
        arrivals.put(number, time);
    }

    /** A result has left. */
    void end(Envelope result) {
        try {
            InvocationResult read =
                    AvroFraming.singleObject().decode(result.value(), InvocationResult.class);
            ends.put(read.getSource().getOffset(), System.nanoTime());
        } catch (SchemaException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Milliseconds from arrival to result. */
    double millis(long number) {
        return (ends.getOrDefault(number, Long.MAX_VALUE) - arrivals.getOrDefault(number, 0L))
                / 1e6;
    }

    /** Events each second, from the first arrival to the last result. */
    double perSecond(long from, long to) {
        long begun = LongStream.range(from, to).map(arrivals::get).min().orElseThrow();
        long ended = LongStream.range(from, to).map(ends::get).max().orElseThrow();
        return (to - from) / ((ended - begun) / 1e9);
    }
}
