/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import java.util.Locale;

/** What is done to activation records that would exceed a budget. */
public enum BudgetStep {
    /** Most events lose their records, by hash of their ids; the others keep them for now. */
    SAMPLE,
    /** Only the last token is kept. */
    LAST_TOKEN,
    /** Elements become float16. */
    FLOAT16,
    /** Elements become int8 with a scale. */
    INT8,
    /** Tokens become their mean. */
    MEAN,
    /** The record is not written. */
    DROP;

    /** As options name it; Flink reads and writes it so. */
    @Override
    public String toString() {
        return wireName();
    }

    /** As options and metrics name it, e.g. {@code last-token}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
