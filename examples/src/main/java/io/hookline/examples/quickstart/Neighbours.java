/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.quickstart;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * Which prompts an encoder finds alike.
 *
 * @param embeddings one vector for each event, all as long
 */
record Neighbours(Map<String, float[]> embeddings) {
    /** Another event and how alike it is, at most 1. */
    record Neighbour(String event, double cosine) {}

    /** The event most alike, empty when there is no other. */
    Optional<Neighbour> nearest(String event) {
        float[] own = embeddings.get(event);
        if (own == null) {
            return Optional.empty();
        }
        return embeddings.entrySet().stream()
                .filter(other -> !other.getKey().equals(event))
                .map(other -> new Neighbour(other.getKey(), cosine(own, other.getValue())))
                .max(Comparator.comparingDouble(Neighbour::cosine));
    }

    static double cosine(float[] a, float[] b) {
        double product = 0;
        double lengthA = 0;
        double lengthB = 0;
        for (int unit = 0; unit < a.length; unit++) {
            product += (double) a[unit] * b[unit];
            lengthA += (double) a[unit] * a[unit];
            lengthB += (double) b[unit] * b[unit];
        }
        return product / Math.sqrt(lengthA * lengthB);
    }
}
