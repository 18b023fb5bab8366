/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.departure;

/** What may leave the operator next. */
public sealed interface Departure<E> {
    /** An event of which some outputs are ready. */
    record Event<E>(E event) implements Departure<E> {}

    /** A mark that no event holds back. */
    record Mark<E>(TimeMark mark) implements Departure<E> {}
}
