/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VectorsReaderTest {
    @Test
    void conformanceVectors_areRead() throws Exception {
        Path file =
                Path.of("src/test/resources/conformance/programs/ticketlm/vectors/vectors.json");

        Map<String, TensorValue.Literal> vectors = VectorsReader.read(Files.readAllBytes(file));

        assertThat(vectors.keySet()).containsExactlyInAnyOrder("steer", "axis", "target");
        assertThat(vectors.values()).allMatch(vector -> vector.shape()[0] == 128);
    }

    @Test
    void safetensors_areReadByTypeAndOffset() throws Exception {
        String header =
                "{'__metadata__':{'by':'x'},"
                        + "'a':{'dtype':'F32','shape':[2],'data_offsets':[2,10]},"
                        + "'b':{'dtype':'F16','shape':[],'data_offsets':[0,2]}}";
        ByteBuffer data = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
        data.putShort((short) 0x3c00).putFloat(1.5f).putFloat(-2);

        assertThat(VectorsReader.read(safetensors(header, data.array())))
                .containsExactly(
                        Map.entry(
                                "a",
                                new TensorValue.Literal(
                                        ElementType.FLOAT32,
                                        new int[] {2},
                                        new float[] {1.5f, -2})),
                        Map.entry(
                                "b",
                                new TensorValue.Literal(
                                        ElementType.FLOAT16, new int[0], new float[] {1})));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'a':{'dtype':'F8','shape':[1],'data_offsets':[0,1]}}   | DTYPE_MISMATCH  | /a/dtype",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,5]}}  | MALFORMED_EVENT | /a/data_offsets",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}  | MALFORMED_EVENT | /a/data_offsets",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}  | SHAPE_MISMATCH  | /a/data",
                "{'a':{'dtype':'F32','shape':[1]}}                       | MALFORMED_EVENT | /a",
                "{'a':{'dtype':'F32','shap':[1],'data_offsets':[0,4]}}   | UNKNOWN_FIELD   | /a/shap",
                "{'a':7}                                                 | MALFORMED_EVENT | /a",
            })
    void wrongSafetensors_areRefused(String header, ErrorCode code, String pointer) {
        byte[] file = safetensors(header, new byte[4]);

        ProgramException refusal =
                assertThrows(ProgramException.class, () -> VectorsReader.read(file));

        assertThat(refusal.problems())
                .extracting(Problem::code, Problem::pointer)
                .containsExactly(tuple(code, pointer));
    }

    @Test
    void wrongJson_isRefused_atTheTensor() {
        byte[] file =
                "{\"a\":1,\"b\":{\"ref\":\"a\"},\"c\":[1,\"x\"]}".getBytes(StandardCharsets.UTF_8);

        ProgramException refusal =
                assertThrows(ProgramException.class, () -> VectorsReader.read(file));

        assertThat(refusal.problems())
                .extracting(Problem::pointer)
                .containsExactly("/b/ref", "/c/1");
    }

    private static byte[] safetensors(String header, byte[] data) {
        byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data)
                .array();
    }
}
