/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Signals by their textbook formulas, in double precision. */
final class SignalReference {
    private SignalReference() {}

    /** The value of a definition for an activation. */
    static double value(JsonNode body, double[] h, double[] before) {
        return switch (body.get("kind").textValue()) {
            case "norm" -> norm(h);
            case "max_abs" -> Arrays.stream(h).map(Math::abs).max().orElseThrow();
            case "mean" -> Arrays.stream(h).average().orElseThrow();
            case "non_finite" -> Arrays.stream(h).filter(each -> !Double.isFinite(each)).count();
            case "cosine" -> {
                double[] vector = numbers(body.get("vector"));
                yield product(h, vector) / (norm(h) * norm(vector));
            }
            case "probe" -> {
                double sum =
                        product(h, numbers(body.get("weights"))) + body.path("bias").asDouble();
                yield body.path("activation").asText().equals("logistic")
                        ? 1 / (1 + Math.exp(-sum))
                        : sum;
            }
            case "top_units" -> Arrays.stream(h).max().orElseThrow();
            case "distance" -> distance(body, h);
            case "change_norm" -> norm(difference(h, before));
            case "change_cosine" -> product(h, before) / (norm(h) * norm(before));
            default -> throw new IllegalArgumentException(body.toString());
        };
    }

    static double[] numbers(JsonNode list) {
        return IntStream.range(0, list.size()).mapToDouble(i -> list.get(i).asDouble()).toArray();
    }

    /** With the whole covariance matrix, solved. */
    private static double distance(JsonNode body, double[] h) {
        double[] centred = difference(h, numbers(body.get("mean")));
        double[][] covariance = new double[h.length][h.length];
        for (int unit = 0; unit < h.length; unit++) {
            JsonNode variance = body.get("variance");
            covariance[unit][unit] =
                    variance.isNumber() ? variance.asDouble() : variance.get(unit).asDouble();
        }
        for (JsonNode row : body.path("factors")) {
            double[] factor = numbers(row);
            for (int i = 0; i < h.length; i++) {
                for (int j = 0; j < h.length; j++) {
                    covariance[i][j] += factor[i] * factor[j];
                }
            }
        }
        return Math.sqrt(product(centred, solve(covariance, centred.clone())));
    }

    /** Gauss's elimination; a covariance needs no other pivots. */
    private static double[] solve(double[][] matrix, double[] right) {
        int size = right.length;
        for (int pivot = 0; pivot < size; pivot++) {
            for (int row = pivot + 1; row < size; row++) {
                double factor = matrix[row][pivot] / matrix[pivot][pivot];
                for (int column = pivot; column < size; column++) {
                    matrix[row][column] -= factor * matrix[pivot][column];
                }
                right[row] -= factor * right[pivot];
            }
        }
        for (int row = size - 1; row >= 0; row--) {
            for (int column = row + 1; column < size; column++) {
                right[row] -= matrix[row][column] * right[column];
            }
            right[row] /= matrix[row][row];
        }
        return right;
    }

    private static double norm(double[] values) {
        return Math.sqrt(product(values, values));
    }

    private static double product(double[] first, double[] second) {
        return IntStream.range(0, first.length).mapToDouble(i -> first[i] * second[i]).sum();
    }

    private static double[] difference(double[] first, double[] second) {
        return IntStream.range(0, first.length).mapToDouble(i -> first[i] - second[i]).toArray();
    }

    static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    static double[] sorted(double[] values) {
        return DoubleStream.of(values).map(value -> -value).sorted().map(value -> -value).toArray();
    }
}
