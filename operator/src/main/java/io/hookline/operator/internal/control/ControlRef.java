/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.control;

/**
 * Names one control event for ever: a version alone would not, once a topic is made anew.
 *
 * @param key {@code kind/name}
 * @param version offset in the control topic
 * @param digest SHA-256 of the event's bytes, in hex
 */
public record ControlRef(String key, long version, String digest) {}
