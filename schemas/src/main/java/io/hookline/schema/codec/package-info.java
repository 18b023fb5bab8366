/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * Bytes in and out: Avro framing, tensor payloads, record ids, and the codecs of state and edges.
 */
@NullMarked
package io.hookline.schema.codec;

import org.jspecify.annotations.NullMarked;
