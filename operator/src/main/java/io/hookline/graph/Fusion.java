/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.hookline.model.ModelGraph;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What exporters write as many small nodes and ONNX Runtime has one for: norms, rotary positions,
 * repeated heads, scaled products, gates. A hooked tensor never goes: what is computed on the way
 * to it stays as it is. Values may change in their last bits, once, for all plans alike.
 */
public final class Fusion {
    static final String DOMAIN = "com.microsoft";

    private static final List<Rule> RULES =
            List.of(
                    new NormFusion(),
                    new RotaryFusion(),
                    new RepeatedHeadsFusion(),
                    new ScaledProductFusion(),
                    new SiluFusion(),
                    new GeluFusion());

    private static final Set<DataType> OTHER_FLOATS =
            EnumSet.of(DataType.FLOAT16, DataType.BFLOAT16, DataType.DOUBLE);

    private final FusedGraph graph;

    /** A way to write some nodes as fewer. */
    interface Rule {
        /**
         * Nodes that make what the given one makes, without those that it reads from.
         *
         * @param last the node whose output is wanted
         */
        Optional<List<NodeProto>> at(NodeProto last, FusedGraph graph);
    }

    private Fusion(ModelProto model) {
        this.graph = new FusedGraph(ModelGraph.of(model));
    }

    /** The model with fewer nodes; the same when there is nothing to fuse. */
    public static ModelProto fused(ModelProto pinned) {
        boolean others =
                pinned.getGraph().getInitializerList().stream()
                        .map(TensorProto::getDataType)
                        .map(DataType::forNumber)
                        .anyMatch(OTHER_FLOATS::contains);
        return others ? pinned : new Fusion(pinned).fused();
    }

    private ModelProto fused() {
        List<NodeProto> nodes = new ArrayList<>();
        boolean changed = false;
        for (NodeProto node : graph.model().nodes()) {
            Optional<List<NodeProto>> fewer =
                    RULES.stream().flatMap(rule -> rule.at(node, graph).stream()).findFirst();
            changed |= fewer.isPresent();
            nodes.addAll(fewer.orElse(List.of(node)));
        }
        return changed ? rebuilt(nodes) : graph.model().proto();
    }

    private ModelProto rebuilt(List<NodeProto> nodes) {
        GraphProto.Builder out =
                graph.model().graph().toBuilder().clearNode().clearInitializer().clearValueInfo();
        Slice needed = Slice.of(nodes, graph.model().outputs());
        nodes.stream().filter(needed::needs).forEach(out::addNode);
        Set<String> read = new HashSet<>(graph.model().outputs());
        out.getNodeList().forEach(node -> read.addAll(Slice.reads(node)));
        graph.model().initializers().values().stream()
                .filter(initializer -> read.contains(initializer.getName()))
                .forEach(out::addInitializer);
        out.addAllInitializer(graph.made());
        return imported(graph.model().proto().toBuilder().setGraph(out)).build();
    }

    /** The model with ONNX Runtime's own operators imported. */
    static ModelProto.Builder imported(ModelProto.Builder model) {
        boolean there =
                model.getOpsetImportList().stream()
                        .anyMatch(opset -> opset.getDomain().equals(DOMAIN));
        return there
                ? model
                : model.addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(DOMAIN).setVersion(1));
    }
}
