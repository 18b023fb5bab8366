/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads lists of cache policies. */
final class CachePolicyReader {
    private static final FieldNames NAMES =
            FieldNames.of(
                    "a cache policy",
                    "name",
                    "modules",
                    "include_output",
                    "include_inputs",
                    "include_attention",
                    "dtype",
                    "device",
                    "detach",
                    "rename",
                    "alias",
                    "steps",
                    "tokens",
                    "units",
                    "unknown_modules",
                    "sample",
                    "reduce",
                    "stage");
    private static final Map<String, CachePolicy.Stage> STAGES =
            Map.of(
                    "pre", CachePolicy.Stage.PRE,
                    "post", CachePolicy.Stage.POST,
                    "both", CachePolicy.Stage.BOTH);
    private static final Map<String, Boolean> UNKNOWN_IS_ERROR =
            Map.of("error", true, "ignore", false);
    private static final Map<String, String> DEVICES = Map.of("cpu", "cpu");

    private CachePolicyReader() {}

    static List<CachePolicy> list(Optional<Value> list) {
        if (list.isEmpty()) {
            return List.of();
        }
        List<CachePolicy> policies = new ArrayList<>();
        list.get().items().forEach(item -> policies.add(read(item)));
        return policies;
    }

    private static CachePolicy read(Value item) {
        Fields fields = Fields.of(item, NAMES);
        fields.optional("device").ifPresent(device -> device.choice(DEVICES, "cpu"));
        fields.flag("detach", true);
        return new CachePolicy(
                fields.optional("name").map(Value::text),
                fields.optional("modules").map(CachePolicyReader::modules),
                ios(fields),
                fields.optional("dtype").flatMap(TensorReader::dtype),
                selection(fields),
                fields.optional("reduce").map(ReductionReader::read).orElseGet(Reduction.None::new),
                fields.optional("stage")
                        .map(stage -> stage.choice(STAGES, CachePolicy.Stage.POST))
                        .orElse(CachePolicy.Stage.POST),
                names(fields),
                fields.optional("sample").map(sample -> sample.number(0, 1)).orElse(1.0),
                item.pointer());
    }

    private static List<String> modules(Value modules) {
        return modules.items().stream().map(Value::name).filter(name -> !name.isEmpty()).toList();
    }

    private static CachePolicy.Ios ios(Fields fields) {
        return new CachePolicy.Ios(
                fields.flag("include_output", true),
                fields.flag("include_inputs", false),
                fields.flag("include_attention", false));
    }

    private static CachePolicy.Selection selection(Fields fields) {
        return new CachePolicy.Selection(
                fields.steps(new StepSelector.All()), fields.tokens(), fields.units());
    }

    private static CachePolicy.Names names(Fields fields) {
        return new CachePolicy.Names(
                fields.optional("rename").map(Value::texts).orElse(Map.of()),
                fields.optional("alias").map(Value::texts).orElse(Map.of()),
                fields.optional("unknown_modules")
                        .map(choice -> choice.choice(UNKNOWN_IS_ERROR, true))
                        .orElse(true));
    }
}
