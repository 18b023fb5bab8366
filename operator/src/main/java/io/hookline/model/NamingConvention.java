/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Optional;

/** A way in which an exporter writes down which module calls a node belongs to. */
interface NamingConvention {
    /**
     * One call of a module that a node is part of.
     *
     * @param path the module, without the root, e.g. {@code model.layers.0}
     * @param call tells calls of the same module apart
     * @param className class of the module, empty when the exporter doesn't say
     */
    record Frame(String path, String call, String className) {}

    /** How the modules were recognised, in words for people. */
    String title();

    /** Whether this exporter made the model. */
    boolean fits(ModelGraph graph);

    /**
     * The calls that a node is part of, outermost first and without the root; empty when the node
     * says nothing.
     */
    Optional<List<Frame>> frames(NodeProto node);

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
