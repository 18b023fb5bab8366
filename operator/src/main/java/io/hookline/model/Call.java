/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call of a module: the nodes that it is made of and the calls inside it. */
final class Call {
    final String path;
    final String className;
    final @Nullable Call parent;
    final int visit;

    /** Nodes of this call and of those inside it, by index. */
    final BitSet nodes = new BitSet();

    final List<Call> children = new ArrayList<>();

    Call(String path, int visit, String className, @Nullable Call parent) {
        this.path = path;
        this.className = className;
        this.parent = parent;
        this.visit = visit;
    }

    boolean contains(int node) {
        return nodes.get(node);
    }

    boolean isRoot() {
        return parent == null;
    }

    int firstNode() {
        return nodes.nextSetBit(0);
    }

    int lastNode() {
        return nodes.length() - 1;
    }
}
