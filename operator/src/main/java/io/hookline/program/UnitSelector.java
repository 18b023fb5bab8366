/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Which units along the last axis are meant. */
public sealed interface UnitSelector {
    /** The selected units of that many, in the order given. */
    int[] of(int width);

    /** Every unit. */
    record All() implements UnitSelector {
        @Override
        public int[] of(int width) {
            return IntStream.range(0, width).toArray();
        }
    }

    /** The listed units. */
    record Listed(List<Integer> units) implements UnitSelector {
        public Listed {
            units = List.copyOf(units);
        }

        @Override
        public int[] of(int width) {
            return units.stream().mapToInt(unit -> unit < 0 ? unit + width : unit).toArray();
        }
    }

    /** A Python slice. */
    record Range(OptionalInt from, OptionalInt to) implements UnitSelector {
        @Override
        public int[] of(int width) {
            return Slices.of(from, to, width).toArray();
        }
    }
}
