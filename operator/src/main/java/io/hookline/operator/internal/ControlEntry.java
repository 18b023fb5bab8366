/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.schema.SourceEvent;

record ControlEntry(ControlRef ref, SourceEvent source) {}
