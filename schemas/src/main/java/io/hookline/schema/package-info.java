/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
/**
 * What travels through the topics: source events, envelopes and the records they carry. Generated
 * Avro classes of the published schemas live in this package, too.
 */
@NullMarked
package io.hookline.schema;

import org.jspecify.annotations.NullMarked;
