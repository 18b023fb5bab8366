/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import java.util.List;

/**
 * A module of the model, as nnsight names it.
 *
 * @param path from the root {@code model}
 * @param className class in the framework it was exported from, empty when unknown
 * @param sites its hook points, visit by visit, in forward order; empty for a container that is
 *     never called
 */
public record Module(String path, String className, List<Site> sites) {
    public Module {
        sites = List.copyOf(sites);
    }
}
