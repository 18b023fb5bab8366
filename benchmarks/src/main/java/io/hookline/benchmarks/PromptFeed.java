/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.schema.EventFormat;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Events of a batch's prompts, over and over.
 *
 * @param documents one event as JSON for each row
 */
record PromptFeed(List<String> documents) implements Serializable {
    private static final int RECORDED = 12;

    PromptFeed {
        documents = List.copyOf(documents);
    }

    /** Events that ask for what the bare loop computes. */
    static PromptFeed plain(Subject subject) {
        return of(
                subject,
                subject.isDecoder()
                        ? "\"logits\": \"last\""
                        : "\"logits\": \"none\", \"cache\": [{\"modules\": [\"%s\"]}]"
                                .formatted(lastBlock(subject)));
    }

    /** Events that record twelve modules at every token, and nothing else. */
    static PromptFeed recording(Subject subject) {
        String modules =
                subject.blocks().spread(RECORDED).stream()
                        .map(site -> "\"" + site.point().module() + "\"")
                        .distinct()
                        .collect(Collectors.joining(","));
        return of(
                subject,
                "\"logits\": \"none\", \"cache\": [{\"modules\": [%s], \"dtype\": \"float16\"}]"
                        .formatted(modules));
    }

    /** Events with small results: the last position of the last block. */
    static PromptFeed small(Subject subject) {
        return of(
                subject,
                "\"logits\": \"none\", \"cache\": [{\"modules\": [\"%s\"], \"tokens\": \"last\"}]"
                        .formatted(lastBlock(subject)));
    }

    private static PromptFeed of(Subject subject, String wanted) {
        return new PromptFeed(
                Arrays.stream(subject.prompts().rows())
                        .map(
                                row ->
                                        "{\"invocations\": [{\"tokens\": [%s]}], %s}"
                                                .formatted(numbers(row), wanted))
                        .toList());
    }

    private static String numbers(int[] row) {
        return Arrays.stream(row).mapToObj(String::valueOf).collect(Collectors.joining(","));
    }

    private static String lastBlock(Subject subject) {
        Blocks blocks = subject.blocks();
        return blocks.outputs().get(blocks.count() - 1).point().module();
    }

    byte[] bytes(long number) {
        return documents.get((int) (number % documents.size())).getBytes(StandardCharsets.UTF_8);
    }

    /** The event of that number, as a source reads it. */
    SourceEvent event(long number) {
        return new SourceEvent(
                new SourcePosition("events", 0, number),
                number,
                EventFormat.JSON,
                new byte[0],
                bytes(number),
                List.of());
    }
}
