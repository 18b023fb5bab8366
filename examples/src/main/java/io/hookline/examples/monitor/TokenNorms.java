/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import io.hookline.schema.ActivationRecord;
import io.hookline.schema.TensorPayload;
import io.hookline.schema.codec.SchemaException;
import io.hookline.schema.codec.TensorCodec;
import java.util.List;
import java.util.Optional;

/**
 * The Euclidean norm of an activation at each token, and the tokens.
 *
 * @param tokens positions within the step
 */
record TokenNorms(int[] tokens, float[] norms) {
    /**
     * The norms of a record: of a whole value, or as it was recorded. Empty for what has no value
     * for each token.
     *
     * @throws SchemaException when the record's bytes do not fill its shape
     */
    static Optional<TokenNorms> of(ActivationRecord record) throws SchemaException {
        TensorPayload tensor = record.getTensor();
        List<Long> shape = tensor.getShape();
        boolean reduced = record.getReduction().equals("norm") && shape.size() == 1;
        boolean whole = record.getReduction().equals("none") && shape.size() == 2;
        if (!(reduced || whole) || record.getIo().equals("attention")) {
            return Optional.empty();
        }
        float[] values = TensorCodec.floats(tensor);
        int count = Math.toIntExact(shape.get(0));
        float[] norms = reduced ? values : norms(values, count);
        return Optional.of(new TokenNorms(tokens(record, count), norms));
    }

    private static float[] norms(float[] values, int rows) {
        float[] norms = new float[rows];
        int width = rows == 0 ? 0 : values.length / rows;
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int i = row * width; i < (row + 1) * width; i++) {
                sum += (double) values[i] * values[i];
            }
            norms[row] = (float) Math.sqrt(sum);
        }
        return norms;
    }

    private static int[] tokens(ActivationRecord record, int count) {
        List<Integer> listed = record.getTokens().orElse(List.of());
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = i < listed.size() ? listed.get(i) : record.getFirstToken() + i;
        }
        return tokens;
    }
}
