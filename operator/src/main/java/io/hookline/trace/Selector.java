/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.program.TokenSelector;
import io.hookline.program.UnitSelector;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Which elements of a tensor are meant: positions along the axis before the last, counted in each
 * row's own tokens, and units along the last. Negative numbers count from the end.
 */
public final class Selector {
    private final TokenSelector tokens;
    private final UnitSelector units;

    private Selector(TokenSelector tokens, UnitSelector units) {
        this.tokens = Objects.requireNonNull(tokens, "tokens");
        this.units = Objects.requireNonNull(units, "units");
    }

    private static Selector of(TokenSelector tokens) {
        return new Selector(tokens, new UnitSelector.All());
    }

    /** Every position. */
    public static Selector all() {
        return of(new TokenSelector.All());
    }

    /** The last position of each row. */
    public static Selector last() {
        return of(new TokenSelector.Last());
    }

    /** The first position. */
    public static Selector first() {
        return of(new TokenSelector.First());
    }

    /** The listed positions, in that order. */
    public static Selector positions(int... positions) {
        return of(new TokenSelector.Listed(list(positions)));
    }

    /** Positions from one up to but without the other. */
    public static Selector range(int from, int to) {
        return of(new TokenSelector.Range(OptionalInt.of(from), OptionalInt.of(to)));
    }

    /** Positions from that one on. */
    public static Selector from(int first) {
        return of(new TokenSelector.Range(OptionalInt.of(first), OptionalInt.empty()));
    }

    /** Positions up to but without that one. */
    public static Selector until(int end) {
        return of(new TokenSelector.Range(OptionalInt.empty(), OptionalInt.of(end)));
    }

    /** Every position, the units from one up to but without the other. */
    public static Selector unitRange(int from, int to) {
        return all().andUnitRange(from, to);
    }

    /** Every position, some units. */
    public static Selector units(int... units) {
        return all().andUnits(units);
    }

    /** The same positions, of them the listed units only. */
    public Selector andUnits(int... only) {
        return new Selector(tokens, new UnitSelector.Listed(list(only)));
    }

    /** The same positions, of them the units from one up to but without the other. */
    public Selector andUnitRange(int from, int to) {
        return new Selector(
                tokens, new UnitSelector.Range(OptionalInt.of(from), OptionalInt.of(to)));
    }

    boolean isEveryPosition() {
        return tokens instanceof TokenSelector.All;
    }

    boolean isAll() {
        return isEveryPosition() && units instanceof UnitSelector.All;
    }

    /** The selected positions of that many; what a list names must exist. */
    int[] positionsOf(int length) {
        int[] selected = tokens.positions(0, length);
        if (tokens instanceof TokenSelector.Listed listed
                && selected.length < listed.positions().size()) {
            throw Shapes.outOfRange("position", listed.positions(), length);
        }
        return selected;
    }

    /** The selected units of that many; what a list names must exist. */
    int[] unitsOf(int width) {
        if (units instanceof UnitSelector.Listed listed
                && listed.units().stream().anyMatch(unit -> unit < -width || unit >= width)) {
            throw Shapes.outOfRange("unit", listed.units(), width);
        }
        return units.of(width);
    }

    private static List<Integer> list(int[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    @Override
    public String toString() {
        return units instanceof UnitSelector.All ? tokens.toString() : tokens + " " + units;
    }
}
