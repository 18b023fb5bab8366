/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Runs a model bare and reads the tensors of sites. */
final class SiteValues {
    private SiteValues() {}

    /** One forward pass over rows of equal length; every site's tensor by name. */
    static Map<String, float[]> run(
            ModelDescription model, Collection<Site> sites, List<List<Long>> rows)
            throws OrtException {
        Set<String> wanted = sites.stream().map(Site::tensor).collect(Collectors.toSet());
        Map<String, OnnxTensor> feed = new HashMap<>();
        try (OrtSession session =
                TestModels.ENVIRONMENT.createSession(tapped(model.graph(), wanted).toByteArray())) {
            feed(model.signature(), rows, feed);
            try (OrtSession.Result out = session.run(feed, wanted)) {
                Map<String, float[]> values = new HashMap<>();
                for (Map.Entry<String, OnnxValue> entry : out) {
                    FloatBuffer buffer = ((OnnxTensor) entry.getValue()).getFloatBuffer();
                    float[] value = new float[buffer.remaining()];
                    buffer.get(value);
                    values.put(entry.getKey(), value);
                }
                return values;
            }
        } finally {
            feed.values().forEach(OnnxTensor::close);
        }
    }

    static void assertClose(String name, float[] actual, float[] expected) {
        assertThat(actual).as(name).hasSameSizeAs(expected);
        float largest = 0;
        float apart = 0;
        for (int index = 0; index < expected.length; index++) {
            largest = Math.max(largest, Math.abs(expected[index]));
            apart = Math.max(apart, Math.abs(expected[index] - actual[index]));
        }
        assertThat(apart).as(name).isLessThanOrEqualTo(1e-4f * Math.max(1f, largest));
    }

    private static ModelProto tapped(ModelGraph model, Set<String> wanted) {
        GraphProto.Builder graph = model.graph().toBuilder();
        wanted.stream()
                .filter(tensor -> !model.outputs().contains(tensor))
                .forEach(tensor -> graph.addOutput(ValueInfoProto.newBuilder().setName(tensor)));
        return model.proto().toBuilder().setGraph(graph).build();
    }

    private static void feed(
            ModelSignature signature, List<List<Long>> rows, Map<String, OnnxTensor> feed)
            throws OrtException {
        int batch = rows.size();
        int length = rows.get(0).size();
        int count = batch * length;
        long[] ones = new long[count];
        Arrays.fill(ones, 1);
        long[] ids = rows.stream().flatMap(List::stream).mapToLong(Long::longValue).toArray();
        feed.put(signature.inputIds(), longs(batch, ids));
        if (signature.attentionMask().isPresent()) {
            feed.put(signature.attentionMask().get(), longs(batch, ones));
        }
        if (signature.positionIds().isPresent()) {
            long[] positions = LongStream.range(0, count).map(i -> i % length).toArray();
            feed.put(signature.positionIds().get(), longs(batch, positions));
        }
        if (signature.tokenTypeIds().isPresent()) {
            feed.put(signature.tokenTypeIds().get(), longs(batch, new long[count]));
        }
        for (ModelSignature.Past past : signature.past()) {
            feed.put(
                    past.input(),
                    OnnxTensor.createTensor(
                            TestModels.ENVIRONMENT,
                            FloatBuffer.allocate(0),
                            new long[] {batch, past.heads(), 0, past.width()}));
        }
    }

    private static OnnxTensor longs(int batch, long[] values) throws OrtException {
        return OnnxTensor.createTensor(
                TestModels.ENVIRONMENT,
                LongBuffer.wrap(values),
                new long[] {batch, values.length / batch});
    }
}
