/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import io.hookline.schema.SourcePosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What speaks for an alert.
 *
 * @param value what was compared last
 * @param threshold what it was compared with
 * @param since event time of the first signal that counts; empty without a window
 * @param cases the newest signals that count, newest last
 * @param common what all of them have in common
 */
public record Evidence(
        double value, double threshold, Optional<Long> since, List<Case> cases, Common common) {
    /** Signals that are remembered at most. */
    static final int MOST = 10;

    /** Nothing yet. */
    static final Evidence NONE =
            new Evidence(Double.NaN, Double.NaN, Optional.empty(), List.of(), Common.NOTHING);

    public Evidence {
        requireNonNull(since, "since");
        cases = List.copyOf(cases);
        requireNonNull(common, "common");
    }

    /** One signal that counts. */
    public record Case(
            String eventId,
            SourcePosition source,
            String recordId,
            int invocation,
            int step,
            double value,
            long time) {
        public Case {
            requireNonNull(eventId, "eventId");
            requireNonNull(source, "source");
            requireNonNull(recordId, "recordId");
        }

        static Case of(Observation seen) {
            return new Case(
                    seen.origin().eventId(),
                    seen.origin().source(),
                    seen.recordId(),
                    seen.invocation(),
                    seen.step(),
                    seen.value(),
                    seen.time());
        }
    }

    /** What signals have in common; empty where they differ. */
    public record Common(
            Optional<String> model,
            Optional<String> digest,
            Optional<String> tenant,
            Optional<String> session) {
        static final Common NOTHING =
                new Common(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        static Common of(Origin origin) {
            return new Common(
                    Optional.of(origin.model()),
                    Optional.of(origin.digest()),
                    origin.tenant(),
                    origin.session());
        }

        Common with(Origin origin) {
            Common other = of(origin);
            return new Common(
                    same(model, other.model),
                    same(digest, other.digest),
                    same(tenant, other.tenant),
                    same(session, other.session));
        }

        private static Optional<String> same(Optional<String> some, Optional<String> others) {
            return some.equals(others) ? some : Optional.empty();
        }
    }

    /** After a verdict on a signal: what no longer counts is forgotten. */
    Evidence after(Verdict verdict, Observation seen) {
        List<Case> kept = kept(verdict);
        Common shared = kept.isEmpty() ? Common.NOTHING : common;
        if (verdict.counts()) {
            shared = kept.isEmpty() ? Common.of(seen.origin()) : common.with(seen.origin());
            kept.add(Case.of(seen));
        }
        return new Evidence(
                verdict.statistic(),
                verdict.threshold(),
                verdict.since().isPresent()
                        ? Optional.of(verdict.since().getAsLong())
                        : Optional.empty(),
                kept.subList(Math.max(0, kept.size() - MOST), kept.size()),
                shared);
    }

    /** After a verdict that no signal led to. */
    Evidence after(Verdict verdict) {
        return new Evidence(verdict.statistic(), verdict.threshold(), since, cases, common);
    }

    private List<Case> kept(Verdict verdict) {
        if (verdict.since().isPresent()) {
            long from = verdict.since().getAsLong();
            return new ArrayList<>(cases.stream().filter(each -> each.time() >= from).toList());
        }
        boolean over = verdict.level() == Level.CLEAR;
        return over ? new ArrayList<>() : new ArrayList<>(cases);
    }
}
