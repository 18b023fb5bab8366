/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** An ONNX file and the external data that it names. */
final class OnnxFile {
    /** External tensors of up to that many bytes are read in: they may be shapes. */
    private static final int SMALL_BYTES = 1024;

    private final Path file;

    OnnxFile(Path file) {
        this.file = file;
    }

    ModelProto read() throws IOException, ModelException {
        ModelProto proto = parse();
        if (proto.getGraph().getNodeCount() == 0) {
            throw ModelException.unsupported("'" + file + "' holds no graph");
        }
        externalFiles(proto);
        return withSmallTensors(proto);
    }

    List<Path> externalFiles(ModelProto proto) throws IOException, ModelException {
        TreeSet<String> locations = new TreeSet<>();
        for (TensorProto tensor : proto.getGraph().getInitializerList()) {
            entry(tensor, "location").ifPresent(locations::add);
        }
        List<Path> files = new ArrayList<>();
        for (String location : locations) {
            files.add(resolve(location));
        }
        return files;
    }

    String digest(List<Path> externalFiles) throws IOException {
        MessageDigest digest = sha256();
        List<Path> all = new ArrayList<>(List.of(file));
        all.addAll(externalFiles);
        for (Path path : all) {
            try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private ModelProto parse() throws IOException, ModelException {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            if (size > Integer.MAX_VALUE) {
                throw ModelException.unsupported(
                        "'%s' has %d bytes, an ONNX file has less than 2 GiB and more weights lie beside it"
                                .formatted(file, size));
            }
            // Weights stay in the file's pages until somebody reads them.
            CodedInputStream coded =
                    UnsafeByteOperations.unsafeWrap(
                                    channel.map(FileChannel.MapMode.READ_ONLY, 0, size))
                            .newCodedInput();
            coded.enableAliasing(true);
            return ModelProto.parseFrom(coded);
        } catch (InvalidProtocolBufferException e) {
            throw new ModelException(
                    ErrorCode.UNSUPPORTED_MODEL,
                    "'%s' is no ONNX model (%s)".formatted(file, e.getMessage()),
                    e);
        }
    }

    private Path resolve(String location) throws IOException, ModelException {
        Path folder = file.toAbsolutePath().normalize().getParent();
        Path path = folder == null ? Path.of(location) : folder.resolve(location).normalize();
        if (folder == null || !path.startsWith(folder) || Path.of(location).isAbsolute()) {
            throw outside(location);
        }
        if (!Files.isRegularFile(path)) {
            throw new ModelException(
                    ErrorCode.UNKNOWN_MODEL,
                    "no file '%s', where '%s' keeps weights".formatted(path, file.getFileName()));
        }
        if (!isBesideModel(path.toRealPath(), folder)) {
            throw outside(location);
        }
        return path;
    }

    /**
     * Links may lead to the folder that the model itself is in, as they do in a cache of downloads
     * that names files by their content.
     */
    private boolean isBesideModel(Path real, Path folder) throws IOException {
        Path blobs = file.toRealPath().getParent();
        return real.startsWith(folder.toRealPath()) || (blobs != null && real.startsWith(blobs));
    }

    private ModelException outside(String location) {
        return ModelException.unsupported(
                "external data '%s' of '%s' lies outside the model's folder"
                        .formatted(location, file));
    }

    private ModelProto withSmallTensors(ModelProto proto) throws IOException, ModelException {
        Map<Integer, TensorProto> small = new HashMap<>();
        List<TensorProto> tensors = proto.getGraph().getInitializerList();
        for (int index = 0; index < tensors.size(); index++) {
            TensorProto tensor = tensors.get(index);
            long length = Long.parseLong(entry(tensor, "length").orElse("-1"));
            if (isExternal(tensor) && length >= 0 && length <= SMALL_BYTES) {
                small.put(index, inlined(tensor, (int) length));
            }
        }
        if (small.isEmpty()) {
            return proto;
        }
        GraphProto.Builder graph = proto.getGraph().toBuilder();
        small.forEach(graph::setInitializer);
        return proto.toBuilder().setGraph(graph).build();
    }

    private TensorProto inlined(TensorProto tensor, int length) throws IOException, ModelException {
        byte[] data = new byte[length];
        Path path = resolve(entry(tensor, "location").orElse(""));
        try (RandomAccessFile in = new RandomAccessFile(path.toFile(), "r")) {
            in.seek(Long.parseLong(entry(tensor, "offset").orElse("0")));
            in.readFully(data);
        }
        return tensor.toBuilder()
                .clearExternalData()
                .clearDataLocation()
                .setRawData(ByteString.copyFrom(data))
                .build();
    }

    static boolean isExternal(TensorProto tensor) {
        return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    }

    private static Optional<String> entry(TensorProto tensor, String key) {
        return isExternal(tensor)
                ? tensor.getExternalDataList().stream()
                        .filter(entry -> entry.getKey().equals(key))
                        .map(StringStringEntryProto::getValue)
                        .findFirst()
                : Optional.empty();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
