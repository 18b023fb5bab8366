/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns an exporter's scopes into the checkpoint's own module names. Weights keep their full names
 * even where scopes lost a prefix; wrappers around the model are stripped.
 */
final class CheckpointPaths {
    private static final Set<String> WRAPPERS =
            Set.of("0", "auto_model", "module", "_orig_mod", "wrapped");
    private static final Set<String> HEADS = Set.of("lm_head", "embed_out");

    private final String wrapper;
    private final Map<String, String> prefixes;

    private CheckpointPaths(String wrapper, Map<String, String> prefixes) {
        this.wrapper = wrapper;
        this.prefixes = prefixes;
    }

    /**
     * Learns the difference between scopes and weights.
     *
     * @param scopes paths of called modules
     * @param owners modules that have weights
     */
    static CheckpointPaths of(Collection<String> scopes, Collection<String> owners) {
        String wrapper = wrapper(scopes);
        CheckpointPaths unwrapped = new CheckpointPaths(wrapper, Map.of());
        Set<String> bare = new HashSet<>();
        owners.forEach(owner -> bare.add(unwrapped.unwrap(owner)));
        Map<String, Map<String, Integer>> votes = new HashMap<>();
        for (String scope : scopes) {
            String path = unwrapped.unwrap(scope);
            if (!path.isEmpty()) {
                vote(path, bare, votes.computeIfAbsent(first(path), top -> new HashMap<>()));
            }
        }
        Map<String, String> prefixes = new HashMap<>();
        votes.forEach((top, counts) -> prefixes.put(top, winner(counts)));
        return new CheckpointPaths(wrapper, prefixes);
    }

    /** The module's path in the checkpoint, without the root; empty for the root itself. */
    String of(String scope) {
        String path = unwrap(scope);
        return path.isEmpty() ? "" : prefixes.getOrDefault(first(path), "") + path;
    }

    private String unwrap(String path) {
        if (wrapper.isEmpty()) {
            return path;
        }
        return path.equals(wrapper)
                ? ""
                : path.startsWith(wrapper + ".") ? path.substring(wrapper.length() + 1) : path;
    }

    private static void vote(String path, Set<String> owners, Map<String, Integer> counts) {
        for (String owner : owners) {
            if (owner.equals(path)) {
                counts.merge("", 1, Integer::sum);
            } else if (owner.endsWith("." + path)) {
                counts.merge(owner.substring(0, owner.length() - path.length()), 1, Integer::sum);
            }
        }
    }

    private static String winner(Map<String, Integer> counts) {
        if (counts.containsKey("")) {
            return "";
        }
        return counts.entrySet().stream()
                .max(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry::getKey))
                .map(Map.Entry::getKey)
                .orElse("");
    }

    /** The longest chain of modules that hold the model and nothing else. */
    private static String wrapper(Collection<String> scopes) {
        Set<String> inside = new TreeSet<>(scopes);
        inside.remove("");
        String wrapper = "";
        while (!inside.isEmpty()) {
            String next = child(wrapper, inside.iterator().next());
            if (!wrapsAll(next, inside)) {
                break;
            }
            wrapper = next;
            inside.remove(wrapper);
        }
        return wrapper;
    }

    private static String child(String parent, String descendant) {
        return parent.isEmpty()
                ? first(descendant)
                : parent + "." + first(descendant.substring(parent.length() + 1));
    }

    private static boolean wrapsAll(String candidate, Set<String> scopes) {
        boolean inside =
                scopes.stream().allMatch(s -> s.equals(candidate) || s.startsWith(candidate + "."));
        boolean wraps =
                WRAPPERS.contains(candidate.substring(candidate.lastIndexOf('.') + 1))
                        || HEADS.stream().anyMatch(head -> scopes.contains(candidate + "." + head));
        return inside && wraps;
    }

    private static String first(String path) {
        int dot = path.indexOf('.');
        return dot < 0 ? path : path.substring(0, dot);
    }
}
