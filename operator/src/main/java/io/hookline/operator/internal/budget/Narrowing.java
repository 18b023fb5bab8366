/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.budget;

import io.hookline.operator.BudgetStep;
import io.hookline.schema.ActivationRecord;
import io.hookline.schema.ElementType;
import io.hookline.schema.TensorPayload;
import io.hookline.schema.codec.ActivationValues;
import io.hookline.schema.codec.SchemaException;
import io.hookline.schema.codec.TensorCodec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Makes activation records smaller. Each change keeps the record's id and says what it cost. */
final class Narrowing {
    private Narrowing() {}

    /** The smaller record, or empty when the step does nothing for it. */
    static Optional<ActivationRecord> narrowed(ActivationRecord record, BudgetStep step) {
        if (record.getChunkCount() != 1) {
            return Optional.empty();
        }
        try {
            return switch (step) {
                case LAST_TOKEN -> lastToken(record);
                case FLOAT16 -> float16(record);
                case INT8 -> int8(record);
                case MEAN -> mean(record);
                case SAMPLE, DROP -> Optional.empty();
            };
        } catch (SchemaException ownRecord) {
            throw new IllegalStateException("a record that was just written is broken", ownRecord);
        }
    }

    private static Optional<ActivationRecord> lastToken(ActivationRecord record)
            throws SchemaException {
        TensorPayload tensor = record.getTensor();
        if (tokens(record) < 2) {
            return Optional.empty();
        }
        ByteBuffer data = tensor.getData();
        int row = data.remaining() / Math.toIntExact(tokens(record));
        int[] shape = shape(tensor);
        shape[0] = 1;
        byte[] last = new byte[row];
        data.get(data.limit() - row, last);
        ActivationRecord cut = Copies.of(record, new ActivationRecord());
        cut.put("firstToken", record.getLastToken());
        cut.put("tokens", null);
        cut.put("tensor", TensorCodec.payload(last, shape, TensorCodec.type(tensor)));
        return Optional.of(cut);
    }

    private static Optional<ActivationRecord> float16(ActivationRecord record)
            throws SchemaException {
        ElementType type = TensorCodec.type(record.getTensor());
        if (type != ElementType.FLOAT32 && type != ElementType.FLOAT64) {
            return Optional.empty();
        }
        int[] shape = shape(record.getTensor());
        byte[] data =
                TensorCodec.encode(TensorCodec.floats(record.getTensor()), ElementType.FLOAT16);
        double error = ActivationValues.errorBound(ByteBuffer.wrap(data), ElementType.FLOAT16);
        ActivationRecord rounded = Copies.of(record, new ActivationRecord());
        rounded.put("tensor", TensorCodec.payload(data, shape, ElementType.FLOAT16));
        rounded.put("errorBound", error + record.getErrorBound().orElse(0.0));
        return Optional.of(rounded);
    }

    private static Optional<ActivationRecord> int8(ActivationRecord record) throws SchemaException {
        if (!TensorCodec.type(record.getTensor()).isFloat()) {
            return Optional.empty();
        }
        var scaled = ActivationValues.scaled(TensorCodec.floats(record.getTensor()));
        int[] shape = shape(record.getTensor());
        ActivationRecord rounded = Copies.of(record, new ActivationRecord());
        rounded.put("tensor", TensorCodec.payload(scaled.data(), shape, ElementType.INT8));
        rounded.put("scale", scaled.scale());
        rounded.put("errorBound", scaled.errorBound() + record.getErrorBound().orElse(0.0));
        return Optional.of(rounded);
    }

    /** A mean is as far off as its terms at most. */
    private static Optional<ActivationRecord> mean(ActivationRecord record) throws SchemaException {
        long tokens = tokens(record);
        if (tokens < 2 || !record.getReduction().equals("none")) {
            return Optional.empty();
        }
        float[] values = ActivationValues.of(record);
        int width = values.length / Math.toIntExact(tokens);
        float[] mean = new float[width];
        for (int unit = 0; unit < width; unit++) {
            double sum = 0;
            for (int at = unit; at < values.length; at += width) {
                sum += values[at];
            }
            mean[unit] = (float) (sum / tokens);
        }
        ActivationRecord reduced = Copies.of(record, new ActivationRecord());
        reduced.put("reduction", "mean");
        reduced.put("scale", null);
        reduced.put("tensor", TensorCodec.payload(mean, new int[] {width}, ElementType.FLOAT32));
        return Optional.of(reduced);
    }

    /** Tokens along the first axis, 0 where that is no axis of tokens. */
    private static long tokens(ActivationRecord record) {
        List<Long> shape = record.getTensor().getShape();
        boolean attention = record.getIo().equals("attention");
        boolean pooled =
                record.getReduction().equals("mean") || record.getReduction().equals("max");
        return shape.isEmpty() || attention || pooled ? 0 : shape.get(0);
    }

    private static int[] shape(TensorPayload tensor) {
        return tensor.getShape().stream().mapToInt(Math::toIntExact).toArray();
    }

    /** What was lost, by {@code step}; for messages. */
    static String described(BudgetStep step) {
        return switch (step) {
            case SAMPLE -> "not sampled";
            case LAST_TOKEN -> "cut to the last token";
            case FLOAT16 -> "rounded to float16";
            case INT8 -> "rounded to int8";
            case MEAN -> "reduced to their mean";
            case DROP -> "dropped";
        };
    }
}
