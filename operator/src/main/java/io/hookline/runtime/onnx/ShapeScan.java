/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import static java.util.Objects.requireNonNull;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.hookline.model.ModelException;
import io.hookline.model.ModelGraph;
import io.hookline.model.ShapeSource;
import io.hookline.model.TensorShapes;
import io.hookline.model.TensorShapes.Dimension;
import io.hookline.model.TensorShapes.TensorShape;
import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the exact type and shape of every tensor in a model without weights and without computing:
 * weights become inputs, and ONNX Runtime's own inference is asked twice, with two sets of lengths
 * that tell the axes apart.
 */
public final class ShapeScan implements ShapeSource {
    private final OrtEnvironment environment;

    public ShapeScan(OrtEnvironment environment) {
        this.environment = requireNonNull(environment, "environment");
    }

    @Override
    public TensorShapes shapes(ModelProto model) throws ModelException {
        ShapeScanModel scanned = new ShapeScanModel(ModelGraph.of(model));
        Map<String, TensorInfo> first = infer(scanned.sized(ShapeScanLengths.FIRST));
        Map<String, TensorInfo> second = infer(scanned.sized(ShapeScanLengths.SECOND));
        Map<String, TensorShape> shapes = new HashMap<>();
        first.forEach(
                (name, info) -> {
                    TensorInfo other = second.get(name);
                    if (other != null) {
                        elementType(info)
                                .map(dtype -> new TensorShape(dtype, dimensions(info, other)))
                                .ifPresent(shape -> shapes.put(name, shape));
                    }
                });
        return new TensorShapes(shapes);
    }

    private static Optional<ElementType> elementType(TensorInfo info) {
        return switch (info.onnxType) {
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> Optional.of(ElementType.FLOAT32);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> Optional.of(ElementType.FLOAT16);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> Optional.of(ElementType.BFLOAT16);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> Optional.of(ElementType.FLOAT64);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> Optional.of(ElementType.INT8);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> Optional.of(ElementType.UINT8);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> Optional.of(ElementType.INT32);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> Optional.of(ElementType.INT64);
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> Optional.of(ElementType.BOOL);
            default -> Optional.empty();
        };
    }

    private static List<Dimension> dimensions(TensorInfo first, TensorInfo second) {
        long[] one = first.getShape();
        long[] other = second.getShape();
        List<Dimension> dimensions = new ArrayList<>();
        for (int axis = 0; axis < Math.min(one.length, other.length); axis++) {
            dimensions.add(ShapeScanLengths.dimension(one[axis], other[axis]));
        }
        return dimensions;
    }

    private Map<String, TensorInfo> infer(ModelProto model) throws ModelException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.BASIC_OPT);
            options.setIntraOpNumThreads(1);
            try (OrtSession session = environment.createSession(model.toByteArray(), options)) {
                return tensors(session);
            }
        } catch (OrtException e) {
            throw new ModelException(
                    ErrorCode.UNSUPPORTED_MODEL,
                    "ONNX Runtime can't infer the model's shapes: " + e.getMessage(),
                    e);
        }
    }

    private static Map<String, TensorInfo> tensors(OrtSession session) throws OrtException {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        for (Map<String, NodeInfo> infos :
                List.of(session.getInputInfo(), session.getOutputInfo())) {
            infos.forEach(
                    (name, node) -> {
                        if (node.getInfo() instanceof TensorInfo info) {
                            tensors.put(name, info);
                        }
                    });
        }
        return tensors;
    }
}
