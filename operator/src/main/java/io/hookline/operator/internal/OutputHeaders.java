/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.schema.Header;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What an event's outputs carry as Kafka headers. */
final class OutputHeaders {
    private OutputHeaders() {}

    /** The Kafka headers of the event, and its own; of the same name its own. */
    static List<Header> of(Ask ask) {
        Map<String, String> own = ask.program().about().headers();
        if (own.isEmpty()) {
            return ask.source().headers();
        }
        return Stream.concat(
                        ask.source().headers().stream()
                                .filter(header -> !own.containsKey(header.key())),
                        own.entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .map(OutputHeaders::header))
                .toList();
    }

    private static Header header(Map.Entry<String, String> entry) {
        return new Header(entry.getKey(), entry.getValue().getBytes(StandardCharsets.UTF_8));
    }
}
