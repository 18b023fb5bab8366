/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.kafka;

import java.io.Serializable;

/**
 * The names of the topics that a job writes, all without the prefix.
 *
 * @param prefix put before every name
 * @param activationsPattern {@value #MODULE} in it stands for the module path
 */
public record TopicNames(
        String prefix,
        String activationsPattern,
        String results,
        String deadLetters,
        String signals,
        String alerts,
        String models)
        implements Serializable {
    /** What stands for the module path in the pattern of activations. */
    public static final String MODULE = "{module}";
}
