/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.hookline.plan.Structure;
import java.util.List;

/**
 * A structure as a model of its own, whose weights lie beside the canonical graph.
 *
 * @param feeds names of the inputs that it reads
 * @param copied names of what leaves by copy, taps and then gauges in the structure's order; what
 *     several taps record alike leaves once
 * @param outputs names of the outputs that it makes
 */
public record CompiledPlan(
        Structure structure,
        ModelProto model,
        List<String> feeds,
        List<String> copied,
        List<String> outputs) {
    public CompiledPlan {
        feeds = List.copyOf(feeds);
        copied = List.copyOf(copied);
        outputs = List.copyOf(outputs);
    }
}
