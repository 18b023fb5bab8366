/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.probe;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How well a probe tells examples apart.
 *
 * @param accuracy the share that is on the right side of one half
 * @param auc the probability that a positive example scores higher than a negative one, ties
 *     counted half
 */
public record Evaluation(int examples, int positives, double accuracy, double auc) {
    /**
     * Judges a probe.
     *
     * @param positive which activations it should fire on, some but not all
     */
    public static Evaluation of(LinearProbe probe, List<float[]> activations, boolean[] positive) {
        double[] scores = activations.stream().mapToDouble(probe::probability).toArray();
        int positives = (int) IntStream.range(0, scores.length).filter(i -> positive[i]).count();
        long right =
                IntStream.range(0, scores.length)
                        .filter(i -> scores[i] >= 0.5 == positive[i])
                        .count();
        return new Evaluation(
                scores.length, positives, (double) right / scores.length, auc(scores, positive));
    }

    /** By ranks: the Mann-Whitney statistic over the number of pairs. */
    static double auc(double[] scores, boolean[] positive) {
        Integer[] order = IntStream.range(0, scores.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble(i -> scores[i]));
        double rankSum = 0;
        long positives = 0;
        for (int from = 0; from < order.length; ) {
            int to = from;
            while (to < order.length && scores[order[to]] == scores[order[from]]) {
                to++;
            }
            double rank = (from + 1 + to) / 2.0;
            for (int i = from; i < to; i++) {
                if (positive[order[i]]) {
                    rankSum += rank;
                    positives++;
                }
            }
            from = to;
        }
        long negatives = scores.length - positives;
        return (rankSum - positives * (positives + 1) / 2.0) / (positives * negatives);
    }
}
