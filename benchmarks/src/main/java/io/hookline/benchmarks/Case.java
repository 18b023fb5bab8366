/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import java.util.Optional;

/** A variant and the row that it becomes, if any: some are measured for others to be compared. */
record Case(Variant variant, Optional<Comparison> comparison) {
    /**
     * What a variant is compared with.
     *
     * @param other the name of another variant
     */
    record Comparison(String other, Goal goal) {}

    /** A case that others are compared with. */
    static Case reference(String name, Work work) {
        return new Case(new Variant(name, work), Optional.empty());
    }

    /** A case whose ratio is its throughput over another's. */
    static Case throughput(String name, Work work, String other, double goal) {
        return new Case(
                new Variant(name, work), Optional.of(new Comparison(other, Goal.atLeast(goal))));
    }

    /** A case that shows what is possible: its throughput over another's, and nothing to reach. */
    static Case figure(String name, Work work, String other) {
        return new Case(new Variant(name, work), Optional.of(new Comparison(other, Goal.none())));
    }

    /** A case whose ratio is its time over another's. */
    static Case time(String name, Work work, String other, double goal) {
        return new Case(
                new Variant(name, work), Optional.of(new Comparison(other, Goal.atMost(goal))));
    }

    /** The row, when there is one. */
    Optional<Row> row(Rounds rounds) {
        return comparison.map(with -> row(rounds, with));
    }

    private Row row(Rounds rounds, Comparison with) {
        String own = variant.name();
        return with.goal().least()
                ? new Row(
                        own,
                        rounds.wall(with.other(), own),
                        rounds.cpu(with.other(), own),
                        with.goal())
                : new Row(
                        own,
                        rounds.wall(own, with.other()),
                        rounds.cpu(own, with.other()),
                        with.goal());
    }
}
