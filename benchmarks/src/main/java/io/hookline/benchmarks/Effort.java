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

    /** A process knows its time in steps of ten milliseconds: a round has at least ten of them. */
    private static final int FEWEST_MILLISECONDS = 100;

    private static final int FEWEST_ROUNDS = 3;

    /**
     * The same where the processor time of the whole process counts: with a longer warm-up, as
     * compilers of the virtual machine count as work, and never so little that the steps of its
     * clock show.
     */
    Effort ofProcess() {
        Span longer = new Span(warmUp.fewest, 2 * warmUp.most, 3 * warmUp.seconds);
        Span counted =
                new Span(
                        Math.max(FEWEST_ROUNDS, rounds.fewest),
                        Math.max(FEWEST_ROUNDS, rounds.most),
                        rounds.seconds);
        return new Effort(longer, counted, builds, Math.max(FEWEST_MILLISECONDS, milliseconds));
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
