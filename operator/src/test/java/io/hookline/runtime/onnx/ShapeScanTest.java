/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.hookline.model.ModelException;
import io.hookline.model.ModelFolder;
import io.hookline.model.TensorShapes;
import io.hookline.model.TensorShapes.Dimension;
import io.hookline.model.TensorShapes.Extent;
import io.hookline.model.TensorShapes.TensorShape;
import io.hookline.model.TestModels;
import io.hookline.schema.ElementType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeScanTest {
    private static final Dimension BATCH = new Dimension.Varies(Extent.BATCH);
    private static final Dimension TOKENS = new Dimension.Varies(Extent.TOKENS);
    private static final Dimension KEYS = new Dimension.Varies(Extent.KEYS);

    private static ModelProto model(String name) throws Exception {
        return ModelFolder.find(TestModels.path(name)).read();
    }

    private static TensorShapes scan(ModelProto model) throws ModelException {
        return new ShapeScan(TestModels.ENVIRONMENT).shapes(model);
    }

    private static Dimension fixed(long length) {
        return new Dimension.Fixed(length);
    }

    @Test
    void shapes_decoderWithCache_tellAxesApart() throws Exception {
        TensorShapes shapes = scan(model("ticketlm/model.onnx"));
        assertThat(shapes.of("logits"))
                .contains(
                        new TensorShape(ElementType.FLOAT32, List.of(BATCH, TOKENS, fixed(1024))));
        assertThat(shapes.of("present.0.key"))
                .contains(
                        new TensorShape(
                                ElementType.FLOAT32, List.of(BATCH, fixed(2), KEYS, fixed(32))));
        assertThat(shapes.of("past_key_values.0.key"))
                .contains(
                        new TensorShape(
                                ElementType.FLOAT32,
                                List.of(
                                        BATCH,
                                        fixed(2),
                                        new Dimension.Varies(Extent.PAST),
                                        fixed(32))));
        assertThat(shapes.of("input_ids"))
                .contains(new TensorShape(ElementType.INT64, List.of(BATCH, TOKENS)));
    }

    @Test
    void shapes_flattenedRows_areRows() throws Exception {
        TensorShapes shapes = scan(model("gpt2-12/model.onnx"));
        assertThat(shapes.of("/transformer/h.0/attn/c_attn/Gemm_output_0"))
                .contains(
                        new TensorShape(
                                ElementType.FLOAT32,
                                List.of(new Dimension.Varies(Extent.ROWS), fixed(144))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ticketlm/model.onnx",
                "ticketlm/variants/torchscript.onnx",
                "ticketlm/variants/nocache.onnx",
                "gpt2-12/model.onnx"
            })
    void shapes_everyTensor_isInferred(String name) throws Exception {
        ModelProto model = model(name);
        TensorShapes shapes = scan(model);
        for (NodeProto node : model.getGraph().getNodeList()) {
            for (String output : node.getOutputList()) {
                assertThat(shapes.of(output)).as(output).isPresent();
            }
        }
    }

    @Test
    void shapes_weightsInExternalFiles_areNotRead() throws Exception {
        ModelProto model = model("ticketlm/variants/torchscript.onnx");
        ModelProto.Builder stripped = model.toBuilder();
        for (TensorProto.Builder tensor : stripped.getGraphBuilder().getInitializerBuilderList()) {
            if (tensor.getDimsCount() == 2) {
                tensor.clearRawData()
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(
                                StringStringEntryProto.newBuilder()
                                        .setKey("location")
                                        .setValue("nowhere.data"));
            }
        }
        assertThat(scan(stripped.build())).isEqualTo(scan(model));
    }

    @Test
    void shapes_unknownOperator_saysSo() throws Exception {
        ModelProto.Builder model = model("gpt2-12/model.onnx").toBuilder();
        model.getGraphBuilder().getNodeBuilder(3).setOpType("NoSuchOperator");
        assertThatThrownBy(() -> scan(model.build()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("NoSuchOperator");
    }
}
