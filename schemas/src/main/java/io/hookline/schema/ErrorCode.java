/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.schema;

/**
 * What can be wrong with an event. Each code has a page in {@code docs/errors}; the same code
 * stands in exceptions, dead letters and results.
 */
public enum ErrorCode {
    MALFORMED_EVENT,
    UNKNOWN_FIELD,
    UNKNOWN_MODULE,
    UNKNOWN_VECTOR,
    UNKNOWN_POLICY,
    UNKNOWN_FUNCTION,
    UNKNOWN_MODEL,
    UNSUPPORTED_MODEL,
    /** The program is valid, and this version cannot run that part of it. */
    UNSUPPORTED_PROGRAM,
    SHAPE_MISMATCH,
    DTYPE_MISMATCH,
    OUT_OF_ORDER,
    BARRIER_UNMET,
    STEP_OUT_OF_RANGE,
    PROMPT_EMPTY,
    PROMPT_TOO_LONG,
    INFERENCE_FAILED,
    DEVICE_UNAVAILABLE,
    TIMED_OUT,
    BUDGET_EXCEEDED,
    /** A topic that the event's records need is not there and can't be made. */
    TOPIC_UNAVAILABLE
}
