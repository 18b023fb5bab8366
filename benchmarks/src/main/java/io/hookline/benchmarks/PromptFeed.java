/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.schema.EventFormat;
import io.hookline.schema.SourceEvent;
import io.hookline.schema.SourcePosition;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

    /**
     * Events of every kind that a stream sees, of different lengths: plain ones, some that record,
     * that steer, that patch one invocation from another, and of a decoder some that generate.
     */
    static PromptFeed mixed(Subject subject) {
        String block = lastBlock(subject);
        String first = subject.blocks().outputs().get(0).point().module();
        String recorded =
                "\"cache\": [{\"modules\": [\"%s\"], \"dtype\": \"float16\"}]".formatted(block);
        List<String> kinds = new ArrayList<>();
        kinds.add("\"logits\": \"none\", " + recorded);
        kinds.add(
                "\"logits\": \"none\", \"interventions\": [{\"at\": \"%s.output\", \"op\": \"add\", \"vector\": 0.25}], %s"
                        .formatted(first, recorded));
        kinds.add(
                "\"logits\": \"none\", \"cache\": [{\"modules\": [\"%s\", \"%s\"], \"tokens\": \"last\"}]"
                        .formatted(first, block));
        if (subject.isDecoder()) {
            kinds.add("\"generate\": {\"max_new_tokens\": 4, \"eos_token_ids\": []}, " + recorded);
            kinds.add("\"logits\": \"last\"");
        }
        List<String> documents = new ArrayList<>();
        for (int[] row : subject.prompts().rows()) {
            int number = documents.size();
            String tokens = numbers(Arrays.copyOf(row, row.length - row.length * (number % 3) / 4));
            documents.add(
                    "{\"invocations\": [{\"tokens\": [%s]}], %s}"
                            .formatted(tokens, kinds.get(number % kinds.size())));
        }
        documents.add(patching(subject, first, recorded));
        return new PromptFeed(documents);
    }

    /** Two invocations, the second with a block of the first. */
    private static String patching(Subject subject, String block, String recorded) {
        String tokens = numbers(subject.prompts().rows()[0]);
        return "{\"invocations\": [{\"tokens\": [%s]}, {\"tokens\": [%s], \"interventions\": [{\"at\": \"%s.output\", \"op\": \"patch\", \"from\": {\"invocation\": 0}}]}], \"logits\": \"none\", %s}"
                .formatted(tokens, tokens, block, recorded);
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
