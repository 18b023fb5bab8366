/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The packaged tickets. */
final class Tickets {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Tickets() {}

    /** What the quickstart runs. */
    static List<Ticket> packaged() throws IOException {
        return read("/tickets.jsonl");
    }

    /** Others, to compute a direction from. */
    static List<Ticket> training() throws IOException {
        return read("/tickets-train.jsonl");
    }

    private static List<Ticket> read(String resource) throws IOException {
        try (InputStream in = Tickets.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException("no '%s' on the class path".formatted(resource));
            }
            try (MappingIterator<Ticket> lines = JSON.readerFor(Ticket.class).readValues(in)) {
                return List.copyOf(lines.readAll());
            }
        }
    }
}
