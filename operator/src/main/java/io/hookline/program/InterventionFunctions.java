/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The functions that programs may call: those found that are allowed, by name. Immutable. */
public final class InterventionFunctions {
    /** None: every {@code call} is refused. */
    public static final InterventionFunctions NONE = new InterventionFunctions(Map.of());

    private final Map<String, InterventionFunction> allowed;

    private InterventionFunctions(Map<String, InterventionFunction> allowed) {
        this.allowed = Map.copyOf(allowed);
    }

    /**
     * Those functions, all of them allowed.
     *
     * @throws IllegalArgumentException when two have one name
     */
    public static InterventionFunctions of(InterventionFunction... functions) {
        return new InterventionFunctions(byName(List.of(functions)));
    }

    /**
     * The allowed ones of those that {@link ServiceLoader} finds.
     *
     * @param allowed names; nothing is looked for when there are none
     * @throws IllegalArgumentException when a name is not found or has several functions, or when
     *     one that is found can't be made
     */
    public static InterventionFunctions find(ClassLoader loader, Collection<String> allowed) {
        if (allowed.isEmpty()) {
            return NONE;
        }
        Map<String, InterventionFunction> found = byName(loaded(loader));
        Map<String, InterventionFunction> wanted = new TreeMap<>();
        for (String name : allowed) {
            InterventionFunction function = found.get(name);
            if (function == null) {
                throw new IllegalArgumentException(
                        "no function '%s' is there to be allowed, found are: %s%s"
                                .formatted(
                                        name,
                                        listed(found.keySet()),
                                        NearestName.hint(name, found.keySet())));
            }
            wanted.put(name, function);
        }
        return new InterventionFunctions(wanted);
    }

    private static List<InterventionFunction> loaded(ClassLoader loader) {
        List<InterventionFunction> found = new ArrayList<>();
        try {
            ServiceLoader.load(InterventionFunction.class, loader).forEach(found::add);
            return found;
        } catch (ServiceConfigurationError e) {
            throw new IllegalArgumentException("a function can't be loaded: " + e.getMessage(), e);
        }
    }

    private static Map<String, InterventionFunction> byName(List<InterventionFunction> functions) {
        Map<String, InterventionFunction> byName = new TreeMap<>();
        for (InterventionFunction function : functions) {
            InterventionFunction other = byName.put(function.name(), function);
            if (other != null) {
                throw new IllegalArgumentException(
                        "two functions are called '%s': %s and %s"
                                .formatted(
                                        function.name(),
                                        other.getClass().getName(),
                                        function.getClass().getName()));
            }
        }
        return byName;
    }

    /** The function of that name, if it is allowed. */
    public Optional<InterventionFunction> find(String name) {
        return Optional.ofNullable(allowed.get(name));
    }

    /** The allowed names, in order. */
    public Set<String> names() {
        return new TreeSet<>(allowed.keySet());
    }

    /** Names as a message lists them. */
    static String listed(Collection<String> names) {
        return names.isEmpty() ? "none" : "'" + String.join("', '", new TreeSet<>(names)) + "'";
    }

    /** What is wrong with a name that is not allowed. */
    public String refusal(String name) {
        return "no function '%s' is allowed here, allowed are: %s%s"
                .formatted(name, listed(names()), NearestName.hint(name, names()));
    }
}
