/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.program.Measure.Activation;
import io.hookline.program.Measure.ChangeTokens;
import io.hookline.program.SignalDefinition.Pool;
import io.hookline.program.TensorValue.Literal;
import io.hookline.schema.ErrorCode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads what a signal measures: the body of a probe on the control topic, or a file of it. */
public final class SignalReader {
    private static final FieldNames COMMON =
            FieldNames.of("a signal", "at", "kind", "steps", "tokens", "pool", "stage");
    private static final FieldNames OF_TOKENS =
            FieldNames.of("a signal of kind 'change_tokens'", "distance", "kind", "steps");
    private static final Map<String, Kind> KINDS = kinds();
    private static final Map<String, Pool> POOLS =
            Map.of("none", Pool.NONE, "mean", Pool.MEAN, "max", Pool.MAX);
    private static final Map<String, CachePolicy.Stage> STAGES =
            Map.of(
                    "pre", CachePolicy.Stage.PRE,
                    "post", CachePolicy.Stage.POST,
                    "both", CachePolicy.Stage.BOTH);
    private static final Map<String, Activation> ACTIVATIONS =
            Map.of("none", Activation.NONE, "logistic", Activation.LOGISTIC);

    private static final Map<String, ChangeTokens.Comparison> DISTANCES =
            Map.of(
                    "kl", ChangeTokens.Comparison.KL,
                    "total_variation", ChangeTokens.Comparison.TOTAL_VARIATION);

    /** A kind with the fields that only it has. */
    private record Kind(FieldNames names, Function<Fields, Measure> measure) {}

    private SignalReader() {}

    /**
     * Reads a definition from a file: JSON or safetensors.
     *
     * @throws ProgramException with every problem, in document order
     */
    public static SignalDefinition read(String name, byte[] file) throws ProgramException {
        Problems problems = new Problems();
        JsonNode document =
                Safetensors.isOne(file)
                        ? Safetensors.withMetadata(file, problems)
                        : JsonDocument.file(file);
        SignalDefinition definition = read(name, Value.root(document, problems));
        if (problems.count() > 0) {
            throw new ProgramException(new DocumentOrder(() -> document).sorted(problems.list()));
        }
        return definition;
    }

    /**
     * A signal that needs no numbers, named as its kind; selectors as documents have them.
     *
     * @throws ProgramException by pointers {@code /kind}, {@code /tokens}, {@code /steps}
     */
    public static SignalDefinition plain(
            String kind, SignalDefinition.Place at, String tokens, String steps)
            throws ProgramException {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("kind", kind);
        if (!kind.equals("change_tokens")) {
            document.put("at", "any").put("tokens", tokens);
        }
        if (steps.matches("\\d{1,9}")) {
            document.put("steps", Integer.parseInt(steps));
        } else {
            document.put("steps", steps);
        }
        Problems problems = new Problems();
        SignalDefinition read = read(kind, Value.root(document, problems));
        if (problems.count() > 0) {
            throw new ProgramException(problems.list());
        }
        return new SignalDefinition(
                kind,
                read.measure(),
                read.measure().isOfTokens() ? read.at() : at,
                read.selection());
    }

    static SignalDefinition read(String name, Value body) {
        if (!body.node().isObject()) {
            body.refuseFor("an object");
            return placeholder(name);
        }
        // Fields depend on the kind, so the kind is looked at first.
        Kind kind = kind(body);
        Fields fields = Fields.of(body, kind.names());
        fields.required("kind");
        Measure measure = kind.measure().apply(fields);
        return new SignalDefinition(
                name,
                measure,
                measure.isOfTokens()
                        ? new SignalDefinition.NextToken()
                        : new SignalDefinition.HookPoints(fields.requiredName("at")),
                new SignalDefinition.Selection(
                        fields.steps(new StepSelector.At(0)),
                        fields.optional("tokens")
                                .map(SelectorReader::tokens)
                                .orElseGet(TokenSelector.Last::new),
                        fields.optional("pool")
                                .map(pool -> pool.choice(POOLS, Pool.NONE))
                                .orElse(Pool.NONE),
                        fields.optional("stage")
                                .map(stage -> stage.choice(STAGES, CachePolicy.Stage.POST))
                                .orElse(CachePolicy.Stage.POST)));
    }

    private static Kind kind(Value body) {
        Kind unknown = new Kind(allNames(), fields -> new Measure.Norm());
        JsonNode kind = body.node().path("kind");
        return kind.isMissingNode() ? unknown : body.member("kind", kind).choice(KINDS, unknown);
    }

    private static SignalDefinition placeholder(String name) {
        return new SignalDefinition(
                name,
                new Measure.Norm(),
                new SignalDefinition.HookPoints(""),
                new SignalDefinition.Selection(
                        new StepSelector.At(0),
                        new TokenSelector.Last(),
                        Pool.NONE,
                        CachePolicy.Stage.POST));
    }

    private static Map<String, Kind> kinds() {
        Map<String, Kind> kinds = new LinkedHashMap<>();
        put(kinds, "norm", fields -> new Measure.Norm());
        put(kinds, "max_abs", fields -> new Measure.MaxAbs());
        put(kinds, "mean", fields -> new Measure.Mean());
        put(kinds, "non_finite", fields -> new Measure.NonFinite());
        put(kinds, "cosine", SignalReader::cosine, "vector");
        put(kinds, "probe", SignalReader::probe, "weights", "bias", "activation");
        put(kinds, "top_units", SignalReader::topUnits, "k");
        put(kinds, "distance", SignalReader::distance, "mean", "variance", "factors");
        put(kinds, "change_norm", fields -> new Measure.ChangeNorm());
        put(kinds, "change_cosine", fields -> new Measure.ChangeCosine());
        kinds.put("change_tokens", new Kind(OF_TOKENS, SignalReader::changeTokens));
        return kinds;
    }

    private static void put(
            Map<String, Kind> kinds, String name, Function<Fields, Measure> read, String... own) {
        FieldNames names = COMMON.with("a signal of kind '" + name + "'", List.of(own));
        kinds.put(name, new Kind(names, read));
    }

    private static FieldNames allNames() {
        return COMMON.with(
                "a signal",
                KINDS.values().stream()
                        .flatMap(kind -> kind.names().names().stream())
                        .filter(name -> !COMMON.lookup().contains(name))
                        .distinct()
                        .toList());
    }

    private static Measure cosine(Fields fields) {
        Optional<Value> value = fields.required("vector");
        Literal vector = value.map(SignalReader::vector).orElse(TensorReader.PLACEHOLDER);
        if (isZero(vector)) {
            value.ifPresent(zero -> zero.refuse("the vector must not be zero"));
        }
        return new Measure.Cosine(vector);
    }

    private static boolean isZero(Literal vector) {
        for (float value : vector.values()) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private static Measure probe(Fields fields) {
        return new Measure.Probe(
                fields.required("weights")
                        .map(SignalReader::vector)
                        .orElse(TensorReader.PLACEHOLDER),
                fields.optional("bias").map(SignalReader::number).orElse(0.0),
                fields.optional("activation")
                        .map(value -> value.choice(ACTIVATIONS, Activation.NONE))
                        .orElse(Activation.NONE));
    }

    private static Measure changeTokens(Fields fields) {
        return new ChangeTokens(
                fields.optional("distance")
                        .map(value -> value.choice(DISTANCES, ChangeTokens.Comparison.KL))
                        .orElse(ChangeTokens.Comparison.KL));
    }

    /** A number, or a tensor that holds one. */
    private static double number(Value value) {
        if (value.node().isNumber()) {
            return value.number();
        }
        Literal number = TensorReader.literal(value);
        if (number.values().length != 1) {
            refuseShape(value, number, "a single number", 0);
        }
        return number.values()[0];
    }

    private static Measure topUnits(Fields fields) {
        return new Measure.TopUnits(fields.required("k").map(k -> k.integer(1)).orElse(1));
    }

    private static Measure distance(Fields fields) {
        Literal mean =
                fields.required("mean").map(SignalReader::vector).orElse(TensorReader.PLACEHOLDER);
        Optional<Value> given = fields.required("variance");
        Literal variance = given.map(TensorReader::literal).orElse(TensorReader.PLACEHOLDER);
        Optional<Value> factors = fields.optional("factors");
        int width = mean.values().length;
        int before = fields.object().problems().count();
        if (mean.shape().length != 1) {
            return new Measure.Norm();
        }
        given.ifPresent(value -> checkVariance(value, variance, width));
        Optional<Literal> rows = factors.map(value -> factors(value, width));
        return fields.object().problems().count() > before
                ? new Measure.Norm()
                : new Measure.Distance(Reference.of(mean, variance, rows));
    }

    private static void checkVariance(Value value, Literal variance, int width) {
        if (variance.shape().length > 1
                || (variance.values().length != 1 && variance.values().length != width)) {
            refuseShape(value, variance, "a number or %d of them, one for each unit", width);
        }
        for (float each : variance.values()) {
            if (each <= 0) {
                value.refuse("the variance must be above 0 everywhere, got " + each);
                return;
            }
        }
    }

    private static Literal factors(Value value, int width) {
        Literal factors = TensorReader.literal(value);
        if (factors.shape().length != 2 || factors.shape()[1] != width) {
            refuseShape(value, factors, "of shape [rank, %d]", width);
        } else if (factors.shape()[0] > width) {
            refuseShape(value, factors, "of rank %d at most", width);
        }
        return factors;
    }

    /** A tensor with one axis. */
    private static Literal vector(Value value) {
        int before = value.problems().count();
        Literal vector = TensorReader.literal(value);
        if (vector.shape().length != 1 && value.problems().count() == before) {
            refuseShape(value, vector, "of shape [width]", 0);
        }
        return vector;
    }

    private static void refuseShape(Value value, Literal got, String must, int width) {
        value.refuse(
                ErrorCode.SHAPE_MISMATCH,
                "%s must be %s, got shape %s"
                        .formatted(
                                value.label(),
                                must.formatted(width),
                                Arrays.toString(got.shape())));
    }
}
