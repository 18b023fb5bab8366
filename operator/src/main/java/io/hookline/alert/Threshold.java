/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

/**
 * Compares each value with a limit, with hysteresis: a Schmitt trigger (O. H. Schmitt, "A
 * thermionic trigger", Journal of Scientific Instruments 15, 1938).
 */
public record Threshold(Bound bound) implements Detector {
    public Threshold {
        requireNonNull(bound, "bound");
    }

    @Override
    public String wireName() {
        return "threshold";
    }

    @Override
    public DetectorState start() {
        return new DetectorState.Nothing();
    }

    @Override
    public Verdict next(DetectorState state, double value, long time) {
        return Verdict.of(start(), bound.level(value), value, bound.limit());
    }
}
