/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The fields that an object may have.
 *
 * @param owner what the object is, as messages call it
 * @param names in the order of the reference
 */
public record FieldNames(String owner, List<String> names, Set<String> lookup) {
    /**
     * Those fields.
     *
     * @param owner what the object is, as messages call it
     * @param names in the order of the reference
     */
    public static FieldNames of(String owner, String... names) {
        return new FieldNames(owner, List.of(names), Set.of(names));
    }

    /** These fields and others, for an object that messages call otherwise. */
    FieldNames with(String newOwner, List<String> others) {
        List<String> all = new ArrayList<>(others);
        all.addAll(names);
        return new FieldNames(newOwner, List.copyOf(all), Set.copyOf(all));
    }

    String unknown(String name) {
        String hint = NearestName.hint(name, names);
        return "no field '%s' in %s%s"
                .formatted(Values.shortened(name), owner, hint.isEmpty() ? allowed(names) : hint);
    }

    private static String allowed(List<String> names) {
        return ", allowed are " + quoted(names);
    }

    /** The names in quotes, with commas between. */
    static String quoted(Iterable<String> names) {
        List<String> parts = new ArrayList<>();
        names.forEach(parts::add);
        return parts.stream().collect(Collectors.joining("', '", "'", "'"));
    }
}
