/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import io.hookline.model.ModulePattern;
import io.hookline.program.ControlEntry;
import io.hookline.program.DocumentReader;
import io.hookline.program.FieldNames;
import io.hookline.program.Fields;
import io.hookline.program.Io;
import io.hookline.program.NearestName;
import io.hookline.program.ProgramException;
import io.hookline.program.Value;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads rules from control events, with the checks that programs get. */
public final class RuleReader {
    private static final FieldNames NAMES =
            FieldNames.of(
                    "a rule",
                    "signal",
                    "kind",
                    "modules",
                    "io",
                    "key",
                    "detector",
                    "for",
                    "coolDown",
                    "expire",
                    "severity",
                    "labels",
                    "summary",
                    "around");
    private static final FieldNames AROUND =
            FieldNames.of("'around'", "before", "after", "maxBytes", "cache");
    private static final FieldNames HEADER = FieldNames.of("'key'", "header");

    private static final Map<String, Io> IOS =
            Arrays.stream(Io.values()).collect(Collectors.toMap(Io::wireName, Function.identity()));
    private static final Map<String, String> KINDS = kinds();
    private static final Map<String, SubjectKey> KEYS = keys();

    /** As Prometheus and Alertmanager take them. */
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

    private static final Pattern FROM_THE_END = Pattern.compile("\\[(-\\d*:-?\\d*|\\d*:-\\d*)]");

    private static final long HOUR = 3_600_000;
    private static final int MEGABYTE = 1 << 20;

    private RuleReader() {}

    /**
     * Reads a rule.
     *
     * @param version the offset of the control event, -1 for one from a file
     * @throws ProgramException with every problem, in document order
     */
    public static Rule read(ControlEntry.Document entry, long version) throws ProgramException {
        return DocumentReader.body(entry, body -> read(entry, version, body));
    }

    /**
     * Reads what a control event does to a rule.
     *
     * @param version the offset of the control event, -1 for one from a file
     * @throws ProgramException with every problem, in document order
     */
    public static RuleChange change(ControlEntry entry, long version) throws ProgramException {
        return new RuleChange(
                entry.name(),
                version,
                entry.effective().map(Instant::toEpochMilli).orElse(RuleChange.AT_ONCE),
                entry instanceof ControlEntry.Document document
                        ? Optional.of(read(document, version))
                        : Optional.empty());
    }

    private static Rule read(ControlEntry.Document entry, long version, Value body) {
        Fields fields = Fields.of(body, NAMES);
        return new Rule(
                entry.name(),
                version,
                selection(entry, fields),
                fields.optional("key").map(RuleReader::key).orElseGet(SubjectKey.Nothing::new),
                fields.required("detector")
                        .map(DetectorReader::read)
                        .orElse(DetectorReader.PLACEHOLDER),
                new Rule.Timing(
                        span(fields, "for", 0, 0),
                        span(fields, "coolDown", 0, 0),
                        span(fields, "expire", 1, HOUR)),
                notice(fields),
                fields.optional("around").flatMap(RuleReader::around));
    }

    private static Selection selection(ControlEntry.Document entry, Fields fields) {
        Optional<String> signal = fields.optional("signal").map(Value::name);
        Optional<String> kind = fields.optional("kind").map(value -> value.choice(KINDS, "probe"));
        if (signal.isEmpty() && kind.isEmpty()) {
            fields.missing("a rule needs a 'signal' or a 'kind'", List.of("signal", "kind"));
        }
        return new Selection(
                signal,
                kind,
                fields.optional("modules").map(RuleReader::modules).orElse(List.of()),
                fields.optional("io").map(value -> value.choice(IOS, Io.OUTPUT)),
                entry.match());
    }

    private static List<ModulePattern> modules(Value value) {
        List<ModulePattern> modules = value.items().stream().map(RuleReader::module).toList();
        if (modules.isEmpty() && !value.isRefused()) {
            value.refuse("'modules' must not be empty, leave it out to mean all");
        }
        return modules;
    }

    /** How long a model's lists are is not known here. */
    private static ModulePattern module(Value value) {
        String glob = value.name();
        if (FROM_THE_END.matcher(glob).find()) {
            value.refuse("a rule can't count modules from the end, got '%s'".formatted(glob));
        }
        return ModulePattern.of(glob);
    }

    private static SubjectKey key(Value value) {
        if (value.node().isObject()) {
            return new SubjectKey.Header(
                    Fields.of(value, HEADER).required("header").map(Value::name).orElse(""));
        }
        return value.choice(KEYS, new SubjectKey.Nothing());
    }

    private static long span(Fields fields, String name, long least, long absent) {
        return fields.optional(name)
                .map(value -> DurationReader.millis(value, least))
                .orElse(absent);
    }

    private static Rule.Notice notice(Fields fields) {
        return new Rule.Notice(
                fields.optional("severity")
                        .map(value -> value.choice(Severity.BY_NAME, Severity.WARNING))
                        .orElse(Severity.WARNING),
                fields.optional("labels").map(RuleReader::labels).orElse(Map.of()),
                fields.optional("summary")
                        .map(RuleReader::summary)
                        .orElse(SummaryTemplate.DEFAULT));
    }

    private static Map<String, String> labels(Value value) {
        Map<String, String> labels = value.texts();
        for (String name : labels.keySet()) {
            if (!LABEL.matcher(name).matches()) {
                value.refuse(
                        "a label's name must be of letters, digits and '_', and not begin with a digit, got '%s'"
                                .formatted(name));
            }
        }
        return labels;
    }

    private static SummaryTemplate summary(Value value) {
        SummaryTemplate template = new SummaryTemplate(value.text());
        template.unknown()
                .ifPresent(
                        name ->
                                value.refuse(
                                        "no placeholder '{%s}' in a summary%s"
                                                .formatted(name, hint(name))));
        return template;
    }

    private static String hint(String name) {
        String nearest = NearestName.hint(name, SummaryTemplate.NAMES);
        return nearest.isEmpty()
                ? ", allowed are '%s'".formatted(String.join("', '", SummaryTemplate.NAMES))
                : nearest;
    }

    private static Optional<Around> around(Value value) {
        Fields fields = Fields.of(value, AROUND);
        int before = fields.optional("before").map(count -> count.integer(0)).orElse(0);
        int after = fields.optional("after").map(count -> count.integer(0)).orElse(0);
        int bytes = fields.optional("maxBytes").map(count -> count.integer(1)).orElse(MEGABYTE);
        Optional<String> cache = fields.optional("cache").map(Value::name);
        try {
            return Optional.of(new Around(before, after, bytes, cache));
        } catch (IllegalArgumentException unfit) {
            value.refuse(String.valueOf(unfit.getMessage()));
            return Optional.empty();
        }
    }

    private static Map<String, String> kinds() {
        Map<String, String> kinds = new LinkedHashMap<>();
        for (String kind :
                List.of(
                        "norm",
                        "max_abs",
                        "mean",
                        "non_finite",
                        "cosine",
                        "probe",
                        "top_units",
                        "distance",
                        "change_norm",
                        "change_cosine",
                        "change_tokens")) {
            kinds.put(kind, kind);
        }
        return kinds;
    }

    private static Map<String, SubjectKey> keys() {
        Map<String, SubjectKey> keys = new LinkedHashMap<>();
        for (SubjectKey key :
                List.of(
                        new SubjectKey.Nothing(),
                        new SubjectKey.Tenant(),
                        new SubjectKey.Session(),
                        new SubjectKey.Event(),
                        new SubjectKey.ModelVersion())) {
            keys.put(key.wireName(), key);
        }
        return keys;
    }
}
