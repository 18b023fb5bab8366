/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import static java.util.Objects.requireNonNull;

import io.hookline.program.Io;

/** A value of a module that can be read and edited. */
public record HookPoint(String module, Io io, int index) {
    public HookPoint {
        requireNonNull(module, "module");
        requireNonNull(io, "io");
    }

    /** The first output, input or attention of a module. */
    public static HookPoint of(String module, Io io) {
        return new HookPoint(module, io, 0);
    }

    /** As in a program's {@code at}, e.g. {@code model.lm_head.output}. */
    @Override
    public String toString() {
        return module + "." + io.wireName() + (index == 0 ? "" : "s[" + index + "]");
    }
}
