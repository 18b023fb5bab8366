/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.program.CachePolicy;
import io.hookline.program.Measure;
import io.hookline.program.SignalDefinition;
import io.hookline.program.StepSelector;
import io.hookline.program.TokenSelector;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.Weights;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.junit.jupiter.api.Test;

class InvocationSettingsTest {
    @Test
    void from_onlyPathGiven_takesDefaults() {
        InvocationSettings settings = settings(Map.of());
        assertThat(settings)
                .isEqualTo(
                        new InvocationSettings(
                                new InvocationSettings.Model(
                                        Path.of("models/m"),
                                        Optional.empty(),
                                        Optional.empty(),
                                        1,
                                        Weights.AS_STORED,
                                        ModelSpec.Pin.NONE),
                                new InvocationSettings.Serving(
                                        Path.of("models").toAbsolutePath(), Duration.ofMinutes(1)),
                                new InvocationSettings.DeviceChoice(
                                        new DeviceRequest.Cpu(),
                                        DeviceFallback.NONE,
                                        OptionalInt.empty()),
                                new InvocationSettings.Batching(
                                        32, Duration.ofMillis(10), Optional.empty(), 0.25),
                                new InvocationSettings.Limits(
                                        256,
                                        1,
                                        2,
                                        3,
                                        Optional.empty(),
                                        Duration.ofMinutes(10),
                                        4 << 20),
                                new InvocationSettings.Budget(
                                        OptionalLong.empty(),
                                        OptionalLong.empty(),
                                        OptionalLong.empty(),
                                        Duration.ofSeconds(5),
                                        List.of(BudgetStep.values()),
                                        0.1),
                                OutputOrder.UNORDERED,
                                Emission.EVENT,
                                List.of(),
                                new InvocationSettings.Signals(
                                        true,
                                        List.of(
                                                signal("norm", new SignalDefinition.Blocks()),
                                                signal(
                                                        "non_finite",
                                                        new SignalDefinition.LastBlock()))),
                                new InvocationSettings.Redaction(PromptRedaction.NONE, "")));
    }

    @Test
    void from_everythingGiven_takesAll() {
        InvocationSettings settings =
                settings(
                        Map.ofEntries(
                                Map.entry("hookline.model.name", "m"),
                                Map.entry("hookline.model.tokenizer", "t.json"),
                                Map.entry("hookline.model.threads", "4"),
                                Map.entry("hookline.model.weights", "int8"),
                                Map.entry("hookline.model.version", "7"),
                                Map.entry("hookline.model.digest", "AB".repeat(32)),
                                Map.entry("hookline.model.root", "elsewhere"),
                                Map.entry("hookline.model.keep-warm", "0 s"),
                                Map.entry("hookline.device.slots-per-gpu", "2"),
                                Map.entry("hookline.device.name", "cuda:2"),
                                Map.entry("hookline.device.fallback", "cpu"),
                                Map.entry("hookline.batch.max-size", "8"),
                                Map.entry("hookline.batch.max-wait", "3 ms"),
                                Map.entry("hookline.batch.target-latency", "200 ms"),
                                Map.entry("hookline.batch.max-padding", "0.5"),
                                Map.entry("hookline.capacity", "9"),
                                Map.entry("hookline.workers", "3"),
                                Map.entry("hookline.max-in-flight-batches", "5"),
                                Map.entry("hookline.max-attempts", "6"),
                                Map.entry("hookline.output.order", "ordered"),
                                Map.entry("hookline.emit", "step"),
                                Map.entry("hookline.budget.bytes-per-second", "1 mb"),
                                Map.entry("hookline.budget.topic-bytes-per-second", "2000 b"),
                                Map.entry("hookline.budget.tenant-bytes-per-second", "3000 b"),
                                Map.entry("hookline.budget.burst", "2 s"),
                                Map.entry("hookline.budget.steps", "float16;last-token"),
                                Map.entry("hookline.budget.sample-share", "0.5"),
                                Map.entry("hookline.timeout", "2 s"),
                                Map.entry("hookline.watchdog.timeout", "1 min"),
                                Map.entry("hookline.functions.allowed", "keep-largest;soften"),
                                Map.entry("hookline.signals.kinds", "max_abs"),
                                Map.entry("hookline.signals.at", "model.*.input"),
                                Map.entry("hookline.signals.tokens", "2:5"),
                                Map.entry("hookline.signals.steps", "all"),
                                Map.entry("hookline.record.max-bytes", "1 mb"),
                                Map.entry("hookline.redact.prompt", "hash"),
                                Map.entry("hookline.redact.salt", "pepper")));
        assertThat(settings)
                .isEqualTo(
                        new InvocationSettings(
                                new InvocationSettings.Model(
                                        Path.of("models/m"),
                                        Optional.of("m"),
                                        Optional.of(Path.of("t.json")),
                                        4,
                                        Weights.INT8,
                                        new ModelSpec.Pin(
                                                Optional.of("7"), Optional.of("ab".repeat(32)))),
                                new InvocationSettings.Serving(
                                        Path.of("elsewhere").toAbsolutePath(), Duration.ZERO),
                                new InvocationSettings.DeviceChoice(
                                        new DeviceRequest.Named(2),
                                        DeviceFallback.CPU,
                                        OptionalInt.of(2)),
                                new InvocationSettings.Batching(
                                        8,
                                        Duration.ofMillis(3),
                                        Optional.of(Duration.ofMillis(200)),
                                        0.5),
                                new InvocationSettings.Limits(
                                        9,
                                        3,
                                        5,
                                        6,
                                        Optional.of(Duration.ofSeconds(2)),
                                        Duration.ofMinutes(1),
                                        1 << 20),
                                new InvocationSettings.Budget(
                                        OptionalLong.of(1 << 20),
                                        OptionalLong.of(2_000),
                                        OptionalLong.of(3_000),
                                        Duration.ofSeconds(2),
                                        List.of(BudgetStep.FLOAT16, BudgetStep.LAST_TOKEN),
                                        0.5),
                                OutputOrder.ORDERED,
                                Emission.STEP,
                                List.of("keep-largest", "soften"),
                                new InvocationSettings.Signals(
                                        true,
                                        List.of(
                                                new SignalDefinition(
                                                        "max_abs",
                                                        new Measure.MaxAbs(),
                                                        new SignalDefinition.HookPoints(
                                                                "model.*.input"),
                                                        new SignalDefinition.Selection(
                                                                new StepSelector.All(),
                                                                new TokenSelector.Range(
                                                                        OptionalInt.of(2),
                                                                        OptionalInt.of(5)),
                                                                SignalDefinition.Pool.NONE,
                                                                CachePolicy.Stage.POST)))),
                                new InvocationSettings.Redaction(PromptRedaction.HASH, "pepper")));
    }

    private static SignalDefinition signal(String kind, SignalDefinition.Place at) {
        return new SignalDefinition(
                kind,
                kind.equals("norm") ? new Measure.Norm() : new Measure.NonFinite(),
                at,
                new SignalDefinition.Selection(
                        new StepSelector.At(0),
                        new TokenSelector.Last(),
                        SignalDefinition.Pool.NONE,
                        CachePolicy.Stage.POST));
    }

    @Test
    void from_signalsOff_measuresNothing() {
        assertThat(settings(Map.of("hookline.signals.enabled", "false")).signals())
                .isEqualTo(new InvocationSettings.Signals(false, List.of()));
    }

    @Test
    void from_severalWrongOptions_namesAllOfThem() {
        assertThatThrownBy(
                        () ->
                                InvocationSettings.from(
                                        Configuration.fromMap(
                                                Map.ofEntries(
                                                        entry("hookline.device.name", "tpu"),
                                                        entry("hookline.device.slots-per-gpu", "0"),
                                                        entry("hookline.model.digest", "abc"),
                                                        entry("hookline.batch.max-size", "64"),
                                                        entry("hookline.capacity", "63"),
                                                        entry("hookline.workers", "none"),
                                                        entry("hookline.max-attempts", "0"),
                                                        entry("hookline.emit", "token"),
                                                        entry(
                                                                "hookline.signals.kinds",
                                                                "norn;probe"),
                                                        entry(
                                                                "hookline.record.max-bytes",
                                                                "10 bytes"),
                                                        entry("hookline.budget.sample-share", "2"),
                                                        entry(
                                                                "hookline.budget.bytes-per-second",
                                                                "0"),
                                                        entry("hookline.redact.salt", "pepper"),
                                                        entry("hookline.timeout", "0 ms")))))
                .isInstanceOf(IllegalConfigurationException.class)
                .hasMessageContaining("'hookline.model.path' is required")
                .hasMessageContaining("'hookline.record.max-bytes' must be 1 kb to 1 gb, got 10")
                .hasMessageContaining(
                        "'hookline.device.name' must be 'cpu', 'cuda' or 'cuda:N', got 'tpu'")
                .hasMessageContaining(
                        "'hookline.capacity' must be at least hookline.batch.max-size = 64, got 63")
                .hasMessageContaining(
                        "'hookline.model.digest' must be a SHA-256 of 64 hexadecimal digits, got 'abc'")
                .hasMessageContaining("'hookline.device.slots-per-gpu' must be at least 1, got 0")
                .hasMessageContaining("'hookline.budget.sample-share' must be from 0 to 1, got 2.0")
                .hasMessageContaining(
                        "'hookline.budget.bytes-per-second' must be at least 1 byte, got 0")
                .hasMessageContaining("'hookline.workers' can't be understood")
                .hasMessageContaining("'hookline.max-attempts' must be at least 1, got 0")
                .hasMessageContaining("'hookline.emit' can't be understood")
                .hasMessageContaining(
                        "'hookline.signals.kinds' 'kind' must be one of 'norm', 'max_abs', 'mean', 'non_finite', 'cosine', 'probe', 'top_units', 'distance', 'change_norm', 'change_cosine', 'change_tokens', got 'norn', did you mean 'norm'?")
                .hasMessageContaining(
                        "'hookline.signals.kinds' 'weights' is missing in a signal of kind 'probe'")
                .hasMessageContaining("'hookline.redact.salt' needs 'hookline.redact.prompt'")
                .hasMessageContaining("'hookline.timeout' must be at least 1 ms");
    }

    @Test
    void toString_withASalt_doesNotTellIt() {
        assertThat(
                        settings(
                                Map.of(
                                        "hookline.redact.prompt", "hash",
                                        "hookline.redact.salt", "pepper")))
                .asString()
                .contains("hash")
                .doesNotContain("pepper");
    }

    private static InvocationSettings settings(Map<String, String> options) {
        Configuration config = Configuration.fromMap(options);
        config.set(HooklineOptions.MODEL_PATH, "models/m");
        return InvocationSettings.from(config);
    }
}
