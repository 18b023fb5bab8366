/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import io.hookline.runtime.Device;
import io.hookline.runtime.HostTensor;
import io.hookline.schema.ElementType;

/**
 * ONNX Runtime's environment, of which there is one in a JVM, and what all sessions have in common.
 */
final class Ort {
    private static final String TYPE = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

    private Ort() {}

    /** The environment; errors reach us as exceptions and need no second voice on stderr. */
    static OrtEnvironment environment() {
        return Holder.ENVIRONMENT;
    }

    private static final class Holder {
        private static final OrtEnvironment ENVIRONMENT =
                OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "hookline");
    }

    /** Options of a session, to be closed by the caller once the session exists. */
    static OrtSession.SessionOptions options(int threads) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        try {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            options.setMemoryPatternOptimization(false);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            return options;
        } catch (OrtException e) {
            options.close();
            throw e;
        }
    }

    /** Options of a run, to be closed by the caller once it has ended. */
    static OrtSession.RunOptions options(CachedPlan.Memory memory) throws OrtException {
        OrtSession.RunOptions options = new OrtSession.RunOptions();
        try {
            if (memory == CachedPlan.Memory.GIVEN_BACK) {
                options.addRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
            }
            return options;
        } catch (OrtException e) {
            options.close();
            throw e;
        }
    }

    /** A tensor over the feed's own memory, to be closed by the caller. */
    static OnnxTensor tensor(HostTensor feed) throws OrtException {
        return OnnxTensor.createTensor(
                environment(), feed.data(), feed.shape(), type(feed.dtype()));
    }

    /** Closes tensors and what owns some. */
    static void closeAll(Iterable<? extends AutoCloseable> owned) {
        for (AutoCloseable each : owned) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException("a tensor could not be closed", e);
            }
        }
    }

    /**
     * Fails when sessions can't run on the device: without CUDA in this build, or without the GPU.
     */
    static void checkDevice(Device device) throws OrtException {
        try (OrtSession.SessionOptions options = options(1)) {
            addDevice(options, device);
        }
    }

    /** Lets a session run on the device. */
    static void addDevice(OrtSession.SessionOptions options, Device device) throws OrtException {
        if (device instanceof Device.Cuda cuda) {
            options.addCUDA(cuda.index());
        }
    }

    static OnnxJavaType type(ElementType dtype) {
        return switch (dtype) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case FLOAT16 -> OnnxJavaType.FLOAT16;
            case BFLOAT16 -> OnnxJavaType.BFLOAT16;
            case FLOAT64 -> OnnxJavaType.DOUBLE;
            case INT8 -> OnnxJavaType.INT8;
            case UINT8 -> OnnxJavaType.UINT8;
            case INT32 -> OnnxJavaType.INT32;
            case INT64 -> OnnxJavaType.INT64;
            case BOOL -> OnnxJavaType.BOOL;
        };
    }

    /** ONNX's number of a type; ONNX Runtime's Java numbers are others, its names are not. */
    static int onnxType(String name, ValueInfo info) {
        if (info instanceof TensorInfo tensor) {
            String type = tensor.onnxType.name().substring(TYPE.length());
            return TensorProto.DataType.valueOf(type).getNumber();
        }
        throw new IllegalArgumentException("'" + name + "' is no tensor and can't be handed on");
    }

    /** Whether an error means that there was not enough memory. */
    static boolean isOutOfMemory(OrtException error) {
        String message = String.valueOf(error.getMessage());
        return message.contains("bad_alloc")
                || message.contains("Failed to allocate memory")
                || message.contains("out of memory");
    }
}
