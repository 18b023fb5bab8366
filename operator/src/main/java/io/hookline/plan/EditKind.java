/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.plan;

/** The kinds of edit that differ in the nodes they need; what else differs is fed. */
public enum EditKind {
    PUT,
    PLUS,
    TIMES,
    LIMIT,
    WITHOUT,
    BLEND,
    OWN_MEAN,
    FROM_ROW,
    FROM_INPUT,
    CALL
}
