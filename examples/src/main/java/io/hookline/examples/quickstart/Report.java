/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.DeadLetter;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a quickstart shows in the end. */
final class Report {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int WIDTH = 100;
    private static final int COLUMN = 46;
    private static final int EXAMPLES = 3;

    private final PrintStream out;
    private final boolean colours;
    private final ModelStudy model;
    private final Workload workload;
    private final Ledger ledger;

    /**
     * A report of what was sent and what came back.
     *
     * @param colours whether the stream understands them
     */
    Report(PrintStream out, boolean colours, ModelStudy model, Workload workload, Ledger ledger) {
        this.out = out;
        this.colours = colours;
        this.model = model;
        this.workload = workload;
        this.ledger = ledger;
    }

    /** Everything, in the order in which one reads it. */
    void all(
            Map<String, Ledger.Totals> sent,
            Duration toFirst,
            Duration toLast,
            String modelOption) {
        topics(sent);
        deadLetters();
        alerts();
        heatmap();
        if (model.generates()) {
            continuations();
        } else {
            neighbours();
        }
        verdict(toFirst, toLast);
        out.printf(
                """

                  Where to look next:
                    ./hookline scan --model %-11s every module that can be recorded or edited
                    ./hookline trace --help             one program, without Kafka and Flink
                    ./hookline quickstart --keep        leaves broker and job running for clients of yours
                    README.md and docs/                 what a program can say, topics, schemas, options
                """,
                modelOption);
    }

    /** Topics with their records and bytes; empty ones are counted only. */
    private void topics(Map<String, Ledger.Totals> sent) {
        Map<String, Ledger.Totals> read = ledger.topics();
        int width = read.keySet().stream().mapToInt(String::length).max().orElse(0);
        out.printf("%n  %-" + width + "s  %9s  %12s%n", "topic", "records", "bytes");
        sent.forEach((topic, totals) -> row(width, topic, totals));
        read.forEach((topic, totals) -> row(width, topic, totals));
        int empty = model.modules().size() - ledger.activations().size();
        if (empty > 0) {
            out.printf(
                    "  and %d activation topics without a record: nobody asked for those modules%n",
                    empty);
        }
    }

    private void row(int width, String topic, Ledger.Totals totals) {
        out.printf(
                Locale.ROOT,
                "  %-" + width + "s  %,9d  %,12d%n",
                topic,
                totals.records(),
                totals.bytes());
    }

    /** Who was to be told of what, who was, and how soon. */
    private void alerts() {
        AlertJudgement all = AlertJudgement.of(workload.asks(), ledger);
        out.printf(
                Locale.ROOT,
                "%n  Alerts: %,d of %,d tickets that somebody should see raised one, and %,d of %,d calm tickets did.%n",
                all.raised(),
                all.expected(),
                all.falseAlarms(),
                all.calm());
        out.printf(
                Locale.ROOT,
                "  Probes read %s while the model answers; 99 of 100 alerts came within %.1f s of the answer.%n",
                model.probes().at(),
                all.p99Seconds());
        for (String tone : model.probes().byTone().keySet()) {
            workload.asks().stream()
                    .filter(ask -> ask.ticket().tone().equals(tone))
                    .flatMap(ask -> ledger.alerts().find(ask.id(), tone).stream())
                    .limit(2)
                    .forEach(
                            seen ->
                                    out.printf(
                                            "    %-8s  %s%n",
                                            seen.alert().getSeverity(), seen.alert().getSummary()));
        }
    }

    /** Layer by token: how long the activation of each token of one prompt is. */
    private void heatmap() {
        Optional<Workload.Ask> shown = workload.shown().map(Workload.Pair::plain);
        Map<String, float[]> norms = shown.map(ask -> ledger.norms(ask.id())).orElse(Map.of());
        if (norms.isEmpty()) {
            return;
        }
        List<String> names = new ArrayList<>();
        List<float[]> rows = new ArrayList<>();
        for (String path : model.blocks().paths()) {
            if (norms.containsKey(path)) {
                names.add(0, path);
                rows.add(0, norms.get(path));
            }
        }
        Heatmap map = new Heatmap(names, rows);
        out.printf(
                Locale.ROOT,
                "%n  Activation norms of %s, from %.1f (dark) to %.1f, one column for each of %d tokens:%n",
                shown.get().id(),
                map.smallest(),
                map.largest(),
                rows.get(0).length);
        int cell = colours ? 2 : 1;
        int margin = names.stream().mapToInt(String::length).max().orElse(0) + 3;
        map.lines((WIDTH - margin) / cell, colours).forEach(line -> out.println("  " + line));
    }

    /** The same prompt, left alone and steered. */
    private void continuations() {
        workload.shown()
                .ifPresent(
                        pair -> {
                            out.printf("%n  The same prompt, left alone and steered:%n");
                            Columns.wrapped(pair.plain().ticket().prompt(), WIDTH - 4)
                                    .forEach(line -> out.println("    " + line));
                            out.println();
                            String left =
                                    heading(pair.plain()) + ledger.continuation(pair.plain().id());
                            String right =
                                    heading(pair.steered())
                                            + ledger.continuation(pair.steered().id());
                            Columns.sideBySide(left, right, COLUMN)
                                    .forEach(line -> out.println("    " + line));
                        });
    }

    private static String heading(Workload.Ask ask) {
        return "[" + ask.id() + "]\n";
    }

    /** Of an encoder: the prompts it finds most alike. */
    private void neighbours() {
        Neighbours neighbours = new Neighbours(plainEmbeddings());
        out.printf("%n  Prompts most alike, by the mean of the last hidden state:%n");
        workload.asks().stream()
                .filter(ask -> !ask.steered())
                .limit(EXAMPLES)
                .forEach(ask -> neighbours.nearest(ask.id()).ifPresent(found -> print(ask, found)));
    }

    private Map<String, float[]> plainEmbeddings() {
        Map<String, float[]> plain = new LinkedHashMap<>(ledger.embeddings());
        workload.asks().stream()
                .filter(Workload.Ask::steered)
                .forEach(ask -> plain.remove(ask.id()));
        return plain;
    }

    private void print(Workload.Ask ask, Neighbours.Neighbour found) {
        String other =
                workload.asks().stream()
                        .filter(candidate -> candidate.id().equals(found.event()))
                        .map(candidate -> candidate.ticket().prompt())
                        .findFirst()
                        .orElse("");
        out.println();
        out.println("    " + firstLine(ask.ticket().prompt()));
        out.printf(Locale.ROOT, "    %.3f  %s%n", found.cosine(), firstLine(other));
    }

    private static String firstLine(String prompt) {
        String line = prompt.lines().findFirst().orElse("");
        int room = WIDTH - 12;
        return line.length() <= room ? line : line.substring(0, room - 1) + "…";
    }

    /** Dead letters, if any. */
    private void deadLetters() {
        for (DeadLetter letter : ledger.deadLetters().stream().limit(EXAMPLES).toList()) {
            out.printf("  dead letter %s: %s%n", letter.getCode(), letter.getReason());
        }
    }

    /** Whether all is there, and how fast it was. */
    private void verdict(Duration toFirst, Duration toLast) {
        int events = workload.asks().size();
        out.printf(
                Locale.ROOT,
                "%n  %,d events in, %,d results and %,d dead letters out, %,d activation records, %,d duplicates%n",
                events,
                ledger.results(),
                ledger.deadLetters().size(),
                ledger.records(),
                ledger.duplicates());
        double running = seconds(toLast.minus(toFirst));
        out.printf(
                Locale.ROOT,
                "  First commit %.1f s after the job's start, last one after %.1f s",
                seconds(toFirst),
                seconds(toLast));
        if (running > 1) {
            out.printf(
                    Locale.ROOT,
                    ": %,.0f events and %,.0f records a second in between",
                    events / running,
                    ledger.records() / running);
        }
        out.println();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /** One object for machines, on one line. */
    String json(Duration duration) {
        ObjectNode document =
                JSON.createObjectNode()
                        .put("events", workload.asks().size())
                        .put("results", ledger.results());
        ObjectNode activations = document.putObject("activations");
        ledger.activations().forEach(activations::put);
        AlertJudgement.of(workload.asks(), ledger).write(document.putObject("alerts"));
        return document.put("deadLetters", ledger.deadLetters().size())
                .put("duplicates", ledger.duplicates())
                .put("seconds", seconds(duration))
                .toString();
    }
}
