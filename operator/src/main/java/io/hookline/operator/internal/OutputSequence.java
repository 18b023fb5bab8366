/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.runtime.Capture;
import io.hookline.runtime.RowOutcome;
import java.util.Comparator;
import java.util.List;

/** In which sequence the activation records of an event leave; its result comes after them. */
enum OutputSequence {
    /** Step by step, within a step invocation by invocation. */
    BY_STEP {
        @Override
        List<Capture> of(List<RowOutcome> rows) {
            return BY_INVOCATION.of(rows).stream()
                    .sorted(Comparator.comparingInt(Capture::step))
                    .toList();
        }
    },
    /** Invocation by invocation, as it was before records could leave step by step. */
    BY_INVOCATION {
        @Override
        List<Capture> of(List<RowOutcome> rows) {
            return rows.stream().flatMap(row -> row.captures().stream()).toList();
        }
    };

    /** The captures of all invocations in this sequence. */
    abstract List<Capture> of(List<RowOutcome> rows);
}
