/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.alerts;

import io.hookline.examples.cli.CommandRun;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A run of {@code rules check}: its exit code and what it printed. */
record RulesRun(int code, String out, String err) {
    /** Runs it on a file of rules. */
    static RulesRun check(String rules, String... more) {
        String[] arguments = new String[more.length + 3];
        arguments[0] = "check";
        arguments[1] = "--rules";
        arguments[2] = rules;
        System.arraycopy(more, 0, arguments, 3, more.length);
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream seenOut = new ByteArrayOutputStream();
        ByteArrayOutputStream seenErr = new ByteArrayOutputStream();
        System.setOut(new PrintStream(seenOut, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(seenErr, true, StandardCharsets.UTF_8));
        try {
            int code = CommandRun.of(new RulesCommand(), arguments);
            return new RulesRun(
                    code,
                    seenOut.toString(StandardCharsets.UTF_8),
                    seenErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
