/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.hookline.model.HookPoint;
import io.hookline.model.ModelGraph;
import io.hookline.model.ModelGraph.Edge;
import io.hookline.model.ModelSignature;
import io.hookline.model.Module;
import io.hookline.model.ModuleTree;
import io.hookline.model.Site;
import io.hookline.program.Io;
import io.hookline.schema.ElementType;
import java.util.List;
import java.util.Optional;

/**
 * A model of four nodes: {@code h = embed(x); n = norm(h); m = mlp(n); logits = h + m}. Norm and
 * residual read the same tensor.
 */
final class SmallGraph {
    private SmallGraph() {}

    static ModelGraph graph() {
        return ModelGraph.of(
                ModelProto.newBuilder()
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(18))
                        .setGraph(
                                GraphProto.newBuilder()
                                        .addInput(ValueInfoProto.newBuilder().setName("x"))
                                        .addNode(node("Abs", "h", "x"))
                                        .addNode(node("Neg", "n", "h"))
                                        .addNode(node("Exp", "m", "n"))
                                        .addNode(node("Add", "logits", "h", "m"))
                                        .addOutput(ValueInfoProto.newBuilder().setName("logits")))
                        .build());
    }

    static NodeProto node(String op, String output, String... inputs) {
        return NodeProto.newBuilder()
                .setName(output)
                .setOpType(op)
                .addAllInput(List.of(inputs))
                .addOutput(output)
                .build();
    }

    static ModuleTree tree() {
        return ModuleTree.of(
                "by hand",
                List.of(
                        new Module(
                                "model.embed",
                                "",
                                List.of(
                                        site(
                                                "model.embed",
                                                Io.OUTPUT,
                                                0,
                                                "h",
                                                new Edge(1, 0),
                                                new Edge(3, 0)))),
                        new Module(
                                "model.norm",
                                "",
                                List.of(
                                        site("model.norm", Io.INPUT, 1, "h", new Edge(1, 0)),
                                        site("model.norm", Io.OUTPUT, 2, "n", new Edge(2, 0)))),
                        new Module(
                                "model.mlp",
                                "",
                                List.of(
                                        site("model.mlp", Io.INPUT, 3, "n", new Edge(2, 0)),
                                        site("model.mlp", Io.OUTPUT, 4, "m", new Edge(3, 1)))),
                        new Module(
                                "model",
                                "",
                                List.of(
                                        new Site(
                                                HookPoint.of("model", Io.OUTPUT),
                                                0,
                                                5,
                                                "logits",
                                                ElementType.FLOAT32,
                                                Site.Layout.SEQUENCE,
                                                8,
                                                List.of(),
                                                List.of("logits"))))));
    }

    private static Site site(String module, Io io, int order, String tensor, Edge... edges) {
        return new Site(
                HookPoint.of(module, io),
                0,
                order,
                tensor,
                ElementType.FLOAT32,
                Site.Layout.SEQUENCE,
                8,
                List.of(edges),
                List.of());
    }

    static Site site(String point) {
        return tree().modules().stream()
                .flatMap(module -> module.sites().stream())
                .filter(site -> site.point().toString().equals(point))
                .findFirst()
                .orElseThrow();
    }

    static ModelSignature signature() {
        return new ModelSignature(
                "x",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("logits"),
                List.of(),
                true);
    }

    /** The graph as optimising would leave it, had it nothing to optimise. */
    static CanonicalGraph canonical() {
        ModelProto pinned = Pinning.pinned(graph(), tree());
        return new CanonicalGraph(
                graph(),
                ModelGraph.of(Pinning.unpinned(pinned, graph().outputs())),
                tree(),
                signature());
    }
}
