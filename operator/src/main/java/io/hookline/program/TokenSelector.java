/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Which of an invocation's own token positions are meant. Positions count within the step, without
 * padding: step 0 has the prompt's, each later step has one.
 */
public sealed interface TokenSelector {
    /** The selected positions in the order given; what does not exist is left out. */
    int[] positions(int step, int length);

    /** Every position. */
    record All() implements TokenSelector {
        @Override
        public int[] positions(int step, int length) {
            return IntStream.range(0, length).toArray();
        }
    }

    /** The last position. */
    record Last() implements TokenSelector {
        @Override
        public int[] positions(int step, int length) {
            return new int[] {length - 1};
        }
    }

    /** The first position. */
    record First() implements TokenSelector {
        @Override
        public int[] positions(int step, int length) {
            return new int[] {0};
        }
    }

    /** Every position of the steps from 1 on. */
    record Generated() implements TokenSelector {
        @Override
        public int[] positions(int step, int length) {
            return step == 0 ? new int[0] : IntStream.range(0, length).toArray();
        }
    }

    /** The listed positions; negative ones count from the end. */
    record Listed(List<Integer> positions) implements TokenSelector {
        public Listed {
            positions = List.copyOf(positions);
        }

        @Override
        public int[] positions(int step, int length) {
            return positions.stream()
                    .mapToInt(Integer::intValue)
                    .filter(position -> -length <= position && position < length)
                    .map(position -> position < 0 ? position + length : position)
                    .toArray();
        }
    }

    /** A Python slice; it may be longer than the text. */
    record Range(OptionalInt from, OptionalInt to) implements TokenSelector {
        @Override
        public int[] positions(int step, int length) {
            return Slices.of(from, to, length).toArray();
        }
    }
}
