/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A way in which an exporter writes down which module calls a node belongs to. */
interface NamingConvention {
    /**
     * A module's call that a node is part of.
     *
     * @param path the module, without the root, e.g. {@code model.layers.0}
     * @param visit which call of the module it is, as far as the exporter says
     * @param className class of the module, empty when the exporter doesn't say
     */
    record Frame(String path, int visit, String className) {}

    /** How the modules were recognised, in words for people. */
    String title();

    /** Whether this exporter made the model. */
    boolean fits(ModelGraph graph);

    /**
     * The calls that a node is part of, outermost first and without the root; empty when the node
     * says nothing.
     */
    Optional<List<Frame>> frames(NodeProto node);

    /**
     * The chain with the marks of later calls read off its names.
     *
     * @param scopes every path in the model as {@link #frames} gives them
     * @param owners modules that have weights
     */
    default List<Frame> readMarks(List<Frame> chain, Set<String> scopes, Set<String> owners) {
        return chain;
    }

    /** What the exporter calls the root's class, empty when it doesn't say. */
    default String rootClass(ModelGraph graph) {
        return "";
    }

    /** The module that a weight belongs to, without the root. */
    default String owner(String initializer) {
        int end = initializer.lastIndexOf('.');
        return end < 0 ? "" : initializer.substring(0, end);
    }
}
