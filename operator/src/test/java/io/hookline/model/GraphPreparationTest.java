/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.hookline.model.TensorShapes.Dimension;
import io.hookline.model.TensorShapes.TensorShape;
import io.hookline.schema.ElementType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GraphPreparationTest {
    private static final TensorShapes SHAPES =
            new TensorShapes(
                    Map.of(
                            "x",
                            new TensorShape(ElementType.FLOAT32, List.of(new Dimension.Fixed(8)))));

    private static NodeProto node(String op, String output, String... inputs) {
        return NodeProto.newBuilder()
                .setOpType(op)
                .addAllInput(List.of(inputs))
                .addOutput(output)
                .build();
    }

    private static TensorProto number(float value) {
        return TensorProto.newBuilder()
                .setName("number")
                .setDataType(DataType.FLOAT.getNumber())
                .addFloatData(value)
                .build();
    }

    private static NodeProto constant(TensorProto value) {
        return node("Constant", "number").toBuilder()
                .addAttribute(
                        AttributeProto.newBuilder()
                                .setName("value")
                                .setType(AttributeProto.AttributeType.TENSOR)
                                .setT(value))
                .build();
    }

    /** What is left of a node between x and a graph output. */
    private static List<NodeProto> prepared(TensorProto number, NodeProto node) {
        GraphProto graph =
                GraphProto.newBuilder()
                        .addNode(constant(number))
                        .addNode(node)
                        .addNode(node("Relu", "y", node.getOutput(0)))
                        .addOutput(ValueInfoProto.newBuilder().setName("y"))
                        .build();
        return GraphPreparation.prepare(ModelProto.newBuilder().setGraph(graph).build(), SHAPES)
                .getGraph()
                .getNodeList();
    }

    @ParameterizedTest
    @CsvSource({"Mul, 1", "Div, 1", "Add, 0", "Sub, 0"})
    void arithmetic_thatChangesNothing_isRemoved(String op, float number) {
        List<NodeProto> nodes = prepared(number(number), node(op, "z", "x", "number"));
        assertThat(nodes).extracting(NodeProto::getOpType).containsExactly("Constant", "Relu");
        assertThat(nodes.get(1).getInput(0)).isEqualTo("x");
    }

    @Test
    void factorOfOne_inHalfPrecisionAndInFront_isRemoved() {
        TensorProto one =
                TensorProto.newBuilder()
                        .setDataType(DataType.FLOAT16.getNumber())
                        .addDims(1)
                        .setRawData(ByteString.copyFrom(new byte[] {0, 0x3C}))
                        .build();
        assertThat(prepared(one, node("Mul", "z", "number", "x"))).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"Mul, 2", "Mul, 0", "Div, 0", "Add, 1", "Sub, 1", "Pow, 1"})
    void arithmetic_thatChangesSomething_stays(String op, float number) {
        assertThat(prepared(number(number), node(op, "z", "x", "number"))).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"Sub, 0", "Div, 1"})
    void number_inFrontOfWhatIsTakenFromIt_stays(String op, float number) {
        assertThat(prepared(number(number), node(op, "z", "number", "x"))).hasSize(3);
    }

    @Test
    void tensorOfUnknownShape_keepsItsFactor() {
        assertThat(prepared(number(1), node("Mul", "z", "unknown", "number"))).hasSize(3);
    }

    @Test
    void graphOutput_keepsItsName() {
        assertThat(prepared(number(1), node("Mul", "y", "x", "number")))
                .extracting(NodeProto::getOpType)
                .contains("Mul");
    }
}
