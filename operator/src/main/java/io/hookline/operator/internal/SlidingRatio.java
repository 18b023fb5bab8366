/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

/** A share of a whole over the newest values. Read by any thread. */
final class SlidingRatio {
    private final long[] parts;
    private final long[] wholes;
    private int next;

    SlidingRatio(int window) {
        this.parts = new long[window];
        this.wholes = new long[window];
    }

    synchronized void add(long part, long whole) {
        parts[next] = part;
        wholes[next] = whole;
        next = (next + 1) % parts.length;
    }

    /** From 0 to 1; 0 before the first value. */
    synchronized double ratio() {
        long part = 0;
        long whole = 0;
        for (int i = 0; i < parts.length; i++) {
            part += parts[i];
            whole += wholes[i];
        }
        return whole == 0 ? 0 : (double) part / whole;
    }
}
