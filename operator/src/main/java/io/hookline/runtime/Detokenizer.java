/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime;

/** Token ids to text. */
@FunctionalInterface
public interface Detokenizer {
    /** The text of token ids, special tokens left out. */
    String decode(int[] tokens);
}
