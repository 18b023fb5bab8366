/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import io.hookline.program.ControlEntry;
import io.hookline.program.ControlReader;
import io.hookline.program.ProgramException;
import java.nio.charset.StandardCharsets;

/** Rules for tests, from JSON with single quotes. */
public final class Rules {
    private Rules() {}

    /** The control event that puts a rule of that name. */
    public static String put(String name, String body) {
        return "{\"put\": \"rule\", \"name\": \"%s\", \"body\": %s}"
                .formatted(name, body.replace('\'', '"'));
    }

    static Rule of(String body) throws ProgramException {
        return of(1, body);
    }

    static Rule of(long version, String body) throws ProgramException {
        return RuleReader.read(document(put("r", body)), version);
    }

    static ControlEntry.Document document(String event) throws ProgramException {
        return (ControlEntry.Document) ControlReader.read(event.getBytes(StandardCharsets.UTF_8));
    }
}
