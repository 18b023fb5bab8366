/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

/** Which logits a result carries. */
public enum LogitsRequest {
    /** Those of the last position of every step. */
    LAST,
    /** Those of every position. */
    ALL,
    NONE
}
