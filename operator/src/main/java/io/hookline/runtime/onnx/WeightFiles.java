/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.hookline.graph.WeightStore;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/** Weights in files of one folder: read from those that a graph names, kept in one more. */
final class WeightFiles implements WeightStore, AutoCloseable {
    private static final String KEPT = "kept.data";

    private final Path folder;
    private final Map<String, FileChannel> open = new HashMap<>();

    WeightFiles(Path folder) {
        this.folder = folder;
    }

    @Override
    public void read(TensorProto tensor, long from, float[] into) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(into.length, Float.BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN);
        FileChannel file = file(entry(tensor, "location", ""), StandardOpenOption.READ);
        long at = Long.parseLong(entry(tensor, "offset", "0")) + from * Float.BYTES;
        while (bytes.hasRemaining()) {
            int count = file.read(bytes, at + bytes.position());
            if (count < 0) {
                throw new EOFException("the weights of '" + tensor.getName() + "' end too early");
            }
        }
        bytes.flip().asFloatBuffer().get(into);
    }

    @Override
    public TensorProto keep(TensorProto tensor, ByteBuffer data) throws IOException {
        FileChannel file = file(KEPT, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        long offset = file.size();
        ByteBuffer left = data.duplicate();
        while (left.hasRemaining()) {
            file.write(left, offset + left.position() - data.position());
        }
        return tensor.toBuilder()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", KEPT))
                .addExternalData(entry("offset", String.valueOf(offset)))
                .addExternalData(entry("length", String.valueOf(data.remaining())))
                .build();
    }

    private FileChannel file(String name, StandardOpenOption... options) throws IOException {
        FileChannel file = open.get(name);
        if (file == null) {
            file = FileChannel.open(folder.resolve(name), options);
            open.put(name, file);
        }
        return file;
    }

    private static String entry(TensorProto tensor, String key, String otherwise) {
        return tensor.getExternalDataList().stream()
                .filter(entry -> entry.getKey().equals(key))
                .map(StringStringEntryProto::getValue)
                .findFirst()
                .orElse(otherwise);
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    @Override
    public void close() throws IOException {
        for (FileChannel file : open.values()) {
            file.close();
        }
    }
}
