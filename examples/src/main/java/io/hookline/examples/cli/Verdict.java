/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.cli;

/** How one traced program ended. */
enum Verdict {
    OK(CommandRun.OK),
    REFUSED(CommandRun.REFUSED),
    FAILED(CommandRun.FAILED);

    private final int exitCode;

    Verdict(int exitCode) {
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }

    /** Of several programs: refused when any was, else failed when any did. */
    Verdict and(Verdict other) {
        if (this == REFUSED || other == REFUSED) {
            return REFUSED;
        }
        return this == FAILED ? FAILED : other;
    }
}
