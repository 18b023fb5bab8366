/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.Site;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where blocks waited in earlier passes, so that the next pass of the same blocks runs in one go. A
 * memory that is wrong costs time and changes nothing. Thread-safe.
 */
final class Courses {
    private static final int KEPT = 256;

    private final Map<List<String>, Course> courses =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<List<String>, Course> eldest) {
                    return size() > KEPT;
                }
            };

    /**
     * How a pass went.
     *
     * @param cuts where somebody waited, in forward order
     * @param taps what was wanted besides
     */
    record Course(List<Site> cuts, List<Site> taps) {
        Course {
            cuts = List.copyOf(cuts);
            taps = List.copyOf(taps);
        }
    }

    synchronized Optional<Course> find(List<String> key) {
        return Optional.ofNullable(courses.get(key));
    }

    synchronized void keep(List<String> key, Course course) {
        courses.put(List.copyOf(key), course);
    }
}
