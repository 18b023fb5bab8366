/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.alert;

import io.hookline.program.FieldNames;
import io.hookline.program.Fields;
import io.hookline.program.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads a rule's detector: its {@code type}, and the parameters that this type has. */
final class DetectorReader {
    /** Stands for one that could not be read. */
    static final Detector PLACEHOLDER = new Threshold(Bound.above(0));

    private static final int WARM_UP = 30;
    private static final int MEMORY = 1000;
    private static final List<String> BOUND = List.of("above", "below", "clear");
    private static final List<String> BASELINE = List.of("mean", "deviation", "warmUp");

    private static final Map<String, Type> TYPES = types();

    private DetectorReader() {}

    private record Type(FieldNames names, Function<Fields, Detector> read) {}

    static Detector read(Value value) {
        if (!value.node().isObject()) {
            value.refuseFor("an object");
            return PLACEHOLDER;
        }
        Fields any = Fields.of(value, FieldNames.of("a detector", everyName(value)));
        return any.required("type")
                .map(name -> name.choice(TYPES, unknown(value)))
                .map(type -> built(value, () -> type.read().apply(Fields.of(value, type.names()))))
                .orElse(PLACEHOLDER);
    }

    /** A type that has whatever fields there are. */
    private static Type unknown(Value value) {
        return new Type(FieldNames.of("a detector", everyName(value)), fields -> PLACEHOLDER);
    }

    /** Which fields a detector may have is known once its type is. */
    private static String[] everyName(Value value) {
        Set<String> names = new LinkedHashSet<>(List.of("type"));
        value.node().fieldNames().forEachRemaining(names::add);
        return names.toArray(String[]::new);
    }

    private static Map<String, Type> types() {
        Map<String, Type> types = new LinkedHashMap<>();
        put(types, "threshold", DetectorReader::threshold, BOUND, List.of());
        put(
                types,
                "ewma",
                DetectorReader::ewma,
                List.of("alpha", "above", "below", "clear", "limit", "direction"),
                BASELINE);
        put(
                types,
                "zscore",
                DetectorReader::zscore,
                List.of("limit", "warmUp", "memory", "direction"),
                List.of());
        put(types, "cusum", DetectorReader::cusum, List.of("k", "h", "direction"), BASELINE);
        put(
                types,
                "page_hinkley",
                DetectorReader::pageHinkley,
                List.of("delta", "lambda", "warmUp", "direction"),
                List.of());
        put(
                types,
                "rate",
                DetectorReader::rate,
                List.of("above", "below", "count", "window"),
                List.of());
        put(types, "k_of_n", DetectorReader::kOfN, List.of("above", "below", "k", "n"), List.of());
        return types;
    }

    private static void put(
            Map<String, Type> types,
            String name,
            Function<Fields, Detector> read,
            List<String> own,
            List<String> others) {
        List<String> names = new ArrayList<>(List.of("type"));
        names.addAll(own);
        names.addAll(others);
        FieldNames fields =
                FieldNames.of("a detector '%s'".formatted(name), names.toArray(String[]::new));
        types.put(name, new Type(fields, read));
    }

    /** The detector, or a placeholder when its parts do not go together. */
    private static Detector built(Value value, Supplier<Detector> detector) {
        try {
            Detector made = detector.get();
            return value.isRefused() ? PLACEHOLDER : made;
        } catch (IllegalArgumentException unfit) {
            if (!value.isRefused()) {
                value.refuse(String.valueOf(unfit.getMessage()));
            }
            return PLACEHOLDER;
        }
    }

    private static Detector threshold(Fields fields) {
        return new Threshold(bound(fields));
    }

    private static Detector ewma(Fields fields) {
        double alpha = fields.requiredNumber("alpha");
        if (fields.optional("limit").isEmpty()) {
            for (String field : List.of("mean", "deviation", "warmUp", "direction")) {
                fields.optional(field)
                        .ifPresent(value -> value.refuse("'%s' needs a 'limit'".formatted(field)));
            }
            return new Ewma(alpha, new Ewma.Limit.Fixed(bound(fields)));
        }
        for (String field : BOUND) {
            fields.optional(field)
                    .ifPresent(
                            value ->
                                    value.refuse(
                                            "an average has a 'limit' or '%s', not both"
                                                    .formatted(field)));
        }
        double width = fields.requiredNumber("limit");
        return new Ewma(alpha, new Ewma.Limit.Control(width, baseline(fields), direction(fields)));
    }

    private static Detector zscore(Fields fields) {
        int warmUp = integer(fields, "warmUp", WARM_UP);
        return new ZScore(
                fields.requiredNumber("limit"),
                warmUp,
                integer(fields, "memory", Math.max(MEMORY, warmUp)),
                direction(fields));
    }

    private static Detector cusum(Fields fields) {
        return new Cusum(
                fields.optional("k").map(Value::number).orElse(0.5),
                fields.optional("h").map(Value::number).orElse(5.0),
                baseline(fields),
                direction(fields));
    }

    private static Detector pageHinkley(Fields fields) {
        return new PageHinkley(
                fields.requiredNumber("delta"),
                fields.requiredNumber("lambda"),
                integer(fields, "warmUp", WARM_UP),
                direction(fields));
    }

    private static Detector rate(Fields fields) {
        return new Rate(
                bound(fields),
                fields.required("count").map(count -> count.integer(1)).orElse(1),
                fields.required("window").map(span -> DurationReader.millis(span, 1)).orElse(1L));
    }

    private static Detector kOfN(Fields fields) {
        return new KOfN(
                bound(fields),
                fields.required("k").map(k -> k.integer(1)).orElse(1),
                fields.required("n").map(n -> n.integer(1)).orElse(1));
    }

    private static Bound bound(Fields fields) {
        var above = fields.optional("above");
        var below = fields.optional("below");
        if (above.isPresent() == below.isPresent()) {
            fields.missing("a limit is either 'above' or 'below'", List.of("above", "below"));
        }
        double limit = above.or(() -> below).map(Value::number).orElse(0.0);
        double clear = fields.optional("clear").map(Value::number).orElse(limit);
        return fields.object().isRefused()
                ? Bound.above(0)
                : new Bound(above.isPresent(), limit, clear);
    }

    private static Baseline baseline(Fields fields) {
        boolean given = fields.optional("mean").isPresent();
        boolean spread = fields.optional("deviation").isPresent();
        if (given != spread) {
            fields.object().refuse("'mean' and 'deviation' are given together or learnt together");
        }
        if (given && spread) {
            fields.optional("warmUp")
                    .ifPresent(value -> value.refuse("what is given has no 'warmUp'"));
            return new Baseline.Given(
                    fields.requiredNumber("mean"), fields.requiredNumber("deviation"));
        }
        return new Baseline.Learnt(integer(fields, "warmUp", WARM_UP));
    }

    private static Direction direction(Fields fields) {
        return fields.optional("direction")
                .map(value -> value.choice(Direction.BY_NAME, Direction.BOTH))
                .orElse(Direction.BOTH);
    }

    private static int integer(Fields fields, String name, int absent) {
        return fields.optional(name).map(value -> value.integer(1)).orElse(absent);
    }
}
