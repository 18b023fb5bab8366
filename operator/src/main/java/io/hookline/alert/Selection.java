/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import static java.util.Objects.requireNonNull;

import io.hookline.model.ModulePattern;
import io.hookline.program.Io;
import io.hookline.program.PolicyMatch;
import java.util.List;
import java.util.Optional;

/**
 * Which signals a rule looks at; everything that is given must hold.
 *
 * @param signal name of the signal
 * @param kind what the signal measures
 * @param modules empty for all
 * @param match which events
 */
public record Selection(
        Optional<String> signal,
        Optional<String> kind,
        List<ModulePattern> modules,
        Optional<Io> io,
        Optional<PolicyMatch> match) {
    /** How long lists of modules are is not known here; rules do not count from the end. */
    private static final int MOST = Integer.MAX_VALUE;

    public Selection {
        requireNonNull(signal, "signal");
        requireNonNull(kind, "kind");
        modules = List.copyOf(modules);
        requireNonNull(io, "io");
        requireNonNull(match, "match");
    }

    /** Whether the rule looks at that signal. */
    public boolean fits(Observation observation) {
        return covers(observation.modulePath(), observation.series().io())
                && signal.map(observation.series().signal()::equals).orElse(true)
                && kind.map(observation.kind()::equals).orElse(true)
                && match.map(observation.origin()::fits).orElse(true);
    }

    /** Whether the rule looks at signals of that value of that module. */
    public boolean covers(String modulePath, String ioName) {
        return io.map(wanted -> wanted.wireName().equals(ioName)).orElse(true)
                && (modules.isEmpty()
                        || modules.stream()
                                .anyMatch(pattern -> pattern.matches(modulePath, list -> MOST)));
    }
}
