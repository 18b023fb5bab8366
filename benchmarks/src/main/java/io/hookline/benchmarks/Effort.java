/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

/**
 * How much is measured.
 *
 * @param warmUp what runs before anything counts
 * @param rounds what counts
 * @param builds how often a thing that is built anew each time is built
 * @param milliseconds how long short work is repeated within one round
 */
record Effort(Span warmUp, Span rounds, int builds, int milliseconds) {
    static final Effort FULL = new Effort(new Span(2, 30, 20), new Span(5, 41, 90), 15, 250);
    static final Effort QUICK = new Effort(new Span(1, 1, 0), new Span(1, 1, 0), 2, 1);

    /** The same with a longer warm-up, where compilers of the virtual machine count as work. */
    Effort warmed() {
        Span longer = new Span(warmUp.fewest, 2 * warmUp.most, 3 * warmUp.seconds);
        return new Effort(longer, rounds, builds, milliseconds);
    }

    /**
     * A number of rounds.
     *
     * @param seconds after which there are no more than the fewest
     */
    record Span(int fewest, int most, int seconds) {
        boolean goesOn(int done, double elapsed) {
            return done < fewest || (done < most && elapsed < seconds);
        }
    }
}
