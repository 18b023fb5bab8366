/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.hookline.model.ModelGraph;
import io.hookline.model.ModelInputs;
import io.hookline.model.OnnxTypes;
import io.hookline.model.TensorShapes.Dimension;
import io.hookline.schema.ElementType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model with its weights turned into inputs and every tensor an output. */
final class ShapeScanModel {
    /** Integer tensors up to this many elements are values that shapes are computed from. */
    private static final long SMALL = 4096;

    private final ModelGraph graph;
    private final Map<String, List<Dimension>> inputs;
    private final GraphProto weightless;

    ShapeScanModel(ModelGraph graph) {
        this.graph = graph;
        this.inputs = ModelInputs.dimensions(graph);
        this.weightless = weightless();
    }

    /** The model with its inputs' axes set to those lengths. */
    ModelProto sized(ShapeScanLengths lengths) {
        GraphProto.Builder out = weightless.toBuilder();
        for (ValueInfoProto input : graph.graph().getInputList()) {
            List<Dimension> dimensions = inputs.get(input.getName());
            if (dimensions != null) {
                out.addInput(sized(input, dimensions, lengths));
            }
        }
        return graph.proto().toBuilder().setGraph(out).build();
    }

    private GraphProto weightless() {
        GraphProto.Builder out =
                graph.graph().toBuilder()
                        .clearInitializer()
                        .clearInput()
                        .clearOutput()
                        .clearValueInfo();
        for (TensorProto tensor : graph.graph().getInitializerList()) {
            if (isWeight(tensor)) {
                out.addInput(weightInput(tensor));
            } else {
                out.addInitializer(tensor);
            }
        }
        for (String name : madeTensors()) {
            out.addOutput(ValueInfoProto.newBuilder().setName(name));
        }
        return out.build();
    }

    private Set<String> madeTensors() {
        Set<String> names = new LinkedHashSet<>();
        for (NodeProto node : graph.nodes()) {
            names.addAll(node.getOutputList());
        }
        names.remove("");
        return names;
    }

    private static boolean isWeight(TensorProto tensor) {
        long elements = tensor.getDimsList().stream().reduce(1L, (a, b) -> a * b);
        boolean floating =
                OnnxTypes.elementType(tensor.getDataType()).map(ElementType::isFloat).orElse(false);
        return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
                || (floating && tensor.getDimsCount() > 0)
                || elements > SMALL;
    }

    private static ValueInfoProto weightInput(TensorProto tensor) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long length : tensor.getDimsList()) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(length));
        }
        return info(tensor.getName(), tensor.getDataType(), shape);
    }

    private static ValueInfoProto sized(
            ValueInfoProto input, List<Dimension> dimensions, ShapeScanLengths lengths) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Dimension dimension : dimensions) {
            shape.addDim(
                    TensorShapeProto.Dimension.newBuilder().setDimValue(lengths.of(dimension)));
        }
        return info(input.getName(), input.getType().getTensorType().getElemType(), shape);
    }

    private static ValueInfoProto info(String name, int type, TensorShapeProto.Builder shape) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(
                        TypeProto.newBuilder()
                                .setTensorType(
                                        TypeProto.Tensor.newBuilder()
                                                .setElemType(type)
                                                .setShape(shape)))
                .build();
    }
}
