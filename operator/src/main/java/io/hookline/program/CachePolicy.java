/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import static java.util.Objects.requireNonNull;

import io.hookline.schema.ElementType;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What to record: nnsight's {@code tracer.cache(...)} arguments, and ours besides.
 *
 * @param modules paths or globs; empty means all modules
 * @param dtype what the values are cast to; empty keeps the model's
 * @param sample the share of events that record, 0 to 1, chosen by hash of the event's id
 * @param pointer where it stands in its document
 */
public record CachePolicy(
        Optional<String> name,
        Optional<List<String>> modules,
        Ios ios,
        Optional<ElementType> dtype,
        Selection selection,
        Reduction reduce,
        Stage stage,
        Names names,
        double sample,
        String pointer) {
    /** What names of caches begin with whose records are held back. */
    public static final String HELD = "held/";

    public CachePolicy {
        requireNonNull(name, "name");
        modules = modules.map(List::copyOf);
        requireNonNull(ios, "ios");
        requireNonNull(dtype, "dtype");
        requireNonNull(selection, "selection");
        requireNonNull(reduce, "reduce");
        requireNonNull(stage, "stage");
        requireNonNull(names, "names");
        requireNonNull(pointer, "pointer");
    }

    /**
     * Whether records of a cache of that name are held back, to leave the job only around an alert:
     * whether it begins with {@value #HELD}.
     */
    public static boolean isHeld(String cache) {
        return cache.startsWith(HELD);
    }

    /** The same policy under another name, standing elsewhere. */
    public CachePolicy movedTo(String otherName, String otherPointer) {
        return new CachePolicy(
                Optional.of(otherName),
                modules,
                ios,
                dtype,
                selection,
                reduce,
                stage,
                names,
                sample,
                otherPointer);
    }

    /** The same policy with another reduction. */
    public CachePolicy with(Reduction other) {
        return new CachePolicy(
                name, modules, ios, dtype, selection, other, stage, names, sample, pointer);
    }

    /** Which values of a module are recorded. */
    public record Ios(boolean output, boolean inputs, boolean attention) {}

    /** Which steps, positions and units are recorded. */
    public record Selection(StepSelector steps, TokenSelector tokens, UnitSelector units) {}

    /**
     * How modules are named, and whether a name that matches nothing is an error. Names are given
     * to whole paths, or to some neighbouring segments wherever they are in a path, as in nnsight.
     *
     * @param rename new names, which records bear
     * @param alias further names, which records do not bear
     */
    public record Names(
            Map<String, String> rename, Map<String, String> alias, boolean unknownIsError) {
        public Names {
            rename = Map.copyOf(rename);
            alias = Map.copyOf(alias);
        }

        /** The name that records of a module bear. */
        public String recorded(String path) {
            String whole = rename.get(path);
            if (whole != null) {
                return whole;
            }
            String renamed = path;
            for (String segments : longestFirst(rename.keySet())) {
                renamed = replaced(renamed, segments, Objects.requireNonNull(rename.get(segments)));
            }
            return renamed;
        }

        /** A path or glob with the modules' own names for new and further ones. */
        public String original(String pathOrGlob) {
            Map<String, String> originals = new HashMap<>();
            alias.forEach((own, name) -> originals.put(name, own));
            rename.forEach((own, name) -> originals.put(name, own));
            String original = pathOrGlob;
            for (String name : longestFirst(originals.keySet())) {
                original = replaced(original, name, Objects.requireNonNull(originals.get(name)));
            }
            return original;
        }

        private static List<String> longestFirst(Set<String> names) {
            return names.stream()
                    .sorted(
                            Comparator.comparingInt(String::length)
                                    .reversed()
                                    .thenComparing(Comparator.naturalOrder()))
                    .toList();
        }

        private static String replaced(String path, String segments, String others) {
            String from = segments.startsWith(".") ? segments : "." + segments;
            String all = "." + path + ".";
            String replaced = all.replace(from + ".", "." + others + ".");
            return replaced.substring(1, replaced.length() - 1);
        }
    }

    /** Before the first or after the last edit at a hook point. */
    public enum Stage {
        PRE,
        POST,
        BOTH
    }
}
