/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import io.hookline.operator.InvocationSettings.Batching;
import io.hookline.operator.InvocationSettings.Budget;
import io.hookline.operator.InvocationSettings.DeviceChoice;
import io.hookline.operator.InvocationSettings.Limits;
import io.hookline.operator.InvocationSettings.Model;
import io.hookline.operator.InvocationSettings.Redaction;
import io.hookline.operator.InvocationSettings.Serving;
import io.hookline.operator.InvocationSettings.Signals;
import io.hookline.program.Problem;
import io.hookline.program.ProgramException;
import io.hookline.program.SignalDefinition;
import io.hookline.program.SignalReader;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.Weights;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/** Reads settings and collects everything that is wrong with them. */
final class SettingsReader {
    private final ReadableConfig config;
    private final List<String> problems = new ArrayList<>();

    SettingsReader(ReadableConfig config) {
        this.config = config;
    }

    InvocationSettings read() {
        Model model = model();
        Serving serving = serving(model.path());
        DeviceChoice device = device();
        Batching batching = batching();
        Limits limits = limits(batching.maxSize());
        Budget budget = budget();
        OutputOrder order = value(HooklineOptions.OUTPUT_ORDER).orElse(OutputOrder.UNORDERED);
        Redaction redaction = redaction();
        List<String> functions = value(HooklineOptions.FUNCTIONS_ALLOWED).orElse(List.of());
        Emission emission = value(HooklineOptions.EMIT).orElse(Emission.EVENT);
        Signals signals = signals();
        if (!problems.isEmpty()) {
            throw new IllegalConfigurationException(
                    "the options can't be used: " + String.join("; ", problems));
        }
        return new InvocationSettings(
                model, serving, device, batching, limits, budget, order, emission, functions,
                signals, redaction);
    }

    private Model model() {
        Optional<String> path = text(HooklineOptions.MODEL_PATH);
        if (path.isEmpty()) {
            problem(HooklineOptions.MODEL_PATH, "is required");
        }
        return new Model(
                Path.of(path.orElse("")),
                text(HooklineOptions.MODEL_NAME),
                text(HooklineOptions.MODEL_TOKENIZER).map(Path::of),
                atLeastOne(HooklineOptions.MODEL_THREADS),
                value(HooklineOptions.MODEL_WEIGHTS).orElse(Weights.AS_STORED),
                new ModelSpec.Pin(text(HooklineOptions.MODEL_VERSION), digest()));
    }

    private Optional<String> digest() {
        Optional<String> digest =
                text(HooklineOptions.MODEL_DIGEST).map(text -> text.toLowerCase(Locale.ROOT));
        if (digest.isPresent() && !digest.get().matches("[0-9a-f]{64}")) {
            problem(
                    HooklineOptions.MODEL_DIGEST,
                    "must be a SHA-256 of 64 hexadecimal digits, got '%s'".formatted(digest.get()));
        }
        return digest;
    }

    private Serving serving(Path model) {
        Path above = model.toAbsolutePath().normalize().getParent();
        Duration keepWarm = value(HooklineOptions.MODEL_KEEP_WARM).orElse(Duration.ZERO);
        if (keepWarm.isNegative()) {
            problem(HooklineOptions.MODEL_KEEP_WARM, "must be at least 0, got " + keepWarm);
        }
        return new Serving(
                text(HooklineOptions.MODEL_ROOT)
                        .map(Path::of)
                        .orElse(above == null ? model : above)
                        .toAbsolutePath()
                        .normalize(),
                keepWarm);
    }

    private DeviceChoice device() {
        String name = value(HooklineOptions.DEVICE_NAME).orElse("cpu");
        Optional<DeviceRequest> request = DeviceRequest.parse(name);
        if (request.isEmpty()) {
            problem(
                    HooklineOptions.DEVICE_NAME,
                    "must be 'cpu', 'cuda' or 'cuda:N', got '%s'".formatted(name));
        }
        return new DeviceChoice(
                request.orElseGet(DeviceRequest.Cpu::new),
                value(HooklineOptions.DEVICE_FALLBACK).orElse(DeviceFallback.NONE),
                slotsPerGpu());
    }

    private OptionalInt slotsPerGpu() {
        return value(HooklineOptions.DEVICE_SLOTS_PER_GPU).isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(atLeastOne(HooklineOptions.DEVICE_SLOTS_PER_GPU));
    }

    private Batching batching() {
        return new Batching(
                atLeastOne(HooklineOptions.BATCH_MAX_SIZE),
                value(HooklineOptions.BATCH_MAX_WAIT).orElse(Duration.ZERO),
                positive(HooklineOptions.BATCH_TARGET_LATENCY),
                maxPadding());
    }

    private double maxPadding() {
        double share = value(HooklineOptions.BATCH_MAX_PADDING).orElse(0.0);
        if (!(share >= 0 && share < 1)) {
            problem(
                    HooklineOptions.BATCH_MAX_PADDING,
                    "must be at least 0 and below 1, got " + share);
        }
        return share;
    }

    private Limits limits(int batchSize) {
        int capacity = atLeastOne(HooklineOptions.CAPACITY);
        if (capacity < batchSize) {
            problem(
                    HooklineOptions.CAPACITY,
                    "must be at least %s = %d, got %d"
                            .formatted(HooklineOptions.BATCH_MAX_SIZE.key(), batchSize, capacity));
        }
        return new Limits(
                capacity,
                atLeastOne(HooklineOptions.WORKERS),
                atLeastOne(HooklineOptions.MAX_IN_FLIGHT_BATCHES),
                atLeastOne(HooklineOptions.MAX_ATTEMPTS),
                positive(HooklineOptions.TIMEOUT),
                positive(HooklineOptions.WATCHDOG_TIMEOUT).orElse(Duration.ofMinutes(10)),
                maxRecordBytes());
    }

    private Budget budget() {
        double share = value(HooklineOptions.BUDGET_SAMPLE_SHARE).orElse(0.0);
        if (!(share >= 0 && share <= 1)) {
            problem(HooklineOptions.BUDGET_SAMPLE_SHARE, "must be from 0 to 1, got " + share);
        }
        return new Budget(
                bytes(HooklineOptions.BUDGET_BYTES),
                bytes(HooklineOptions.BUDGET_TOPIC_BYTES),
                bytes(HooklineOptions.BUDGET_TENANT_BYTES),
                positive(HooklineOptions.BUDGET_BURST).orElse(Duration.ofSeconds(1)),
                value(HooklineOptions.BUDGET_STEPS).orElse(List.of()),
                share);
    }

    private OptionalLong bytes(ConfigOption<MemorySize> option) {
        Optional<Long> bytes = value(option).map(MemorySize::getBytes);
        if (bytes.isPresent() && bytes.get() < 1) {
            problem(option, "must be at least 1 byte, got 0");
        }
        return bytes.map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    private int maxRecordBytes() {
        long bytes = value(HooklineOptions.RECORD_MAX_BYTES).orElse(MemorySize.ZERO).getBytes();
        if (bytes < 1024 || bytes > Integer.MAX_VALUE / 2) {
            problem(
                    HooklineOptions.RECORD_MAX_BYTES,
                    "must be 1 kb to 1 gb, got " + bytes + " bytes");
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE / 2);
    }

    private Redaction redaction() {
        PromptRedaction prompt = value(HooklineOptions.REDACT_PROMPT).orElse(PromptRedaction.NONE);
        Optional<String> salt = text(HooklineOptions.REDACT_SALT);
        if (salt.isPresent() && prompt != PromptRedaction.HASH) {
            problem(
                    HooklineOptions.REDACT_SALT,
                    "needs '%s' to be hash, not %s"
                            .formatted(HooklineOptions.REDACT_PROMPT.key(), prompt));
        }
        return new Redaction(prompt, salt.orElse(""));
    }

    private Signals signals() {
        boolean enabled = value(HooklineOptions.SIGNALS_ENABLED).orElse(true);
        List<SignalDefinition> definitions = new ArrayList<>();
        if (enabled) {
            for (String kind : value(HooklineOptions.SIGNALS_KINDS).orElse(List.of())) {
                signal(kind).ifPresent(definitions::add);
            }
        }
        return new Signals(enabled, definitions);
    }

    private Optional<SignalDefinition> signal(String kind) {
        SignalDefinition.Place blocks =
                kind.equals("non_finite")
                        ? new SignalDefinition.LastBlock()
                        : new SignalDefinition.Blocks();
        try {
            return Optional.of(
                    SignalReader.plain(
                            kind,
                            text(HooklineOptions.SIGNALS_AT)
                                    .<SignalDefinition.Place>map(SignalDefinition.HookPoints::new)
                                    .orElse(blocks),
                            value(HooklineOptions.SIGNALS_TOKENS).orElse("last"),
                            value(HooklineOptions.SIGNALS_STEPS).orElse("0")));
        } catch (ProgramException refused) {
            for (Problem each : refused.problems()) {
                problem(
                        switch (each.pointer()) {
                            case "/tokens" -> HooklineOptions.SIGNALS_TOKENS;
                            case "/steps" -> HooklineOptions.SIGNALS_STEPS;
                            default -> HooklineOptions.SIGNALS_KINDS;
                        },
                        each.message());
            }
            return Optional.empty();
        }
    }

    private int atLeastOne(ConfigOption<Integer> option) {
        int number = value(option).orElse(1);
        if (number < 1) {
            problem(option, "must be at least 1, got " + number);
        }
        return number;
    }

    private Optional<Duration> positive(ConfigOption<Duration> option) {
        Optional<Duration> duration = value(option);
        if (duration.isPresent() && duration.get().compareTo(Duration.ofMillis(1)) < 0) {
            problem(option, "must be at least 1 ms, got " + duration.get());
        }
        return duration;
    }

    private Optional<String> text(ConfigOption<String> option) {
        return value(option).filter(text -> !text.isBlank());
    }

    /** The value, its default, or empty with a problem when it can't be understood. */
    private <T> Optional<T> value(ConfigOption<T> option) {
        try {
            return Optional.ofNullable(config.get(option));
        } catch (IllegalArgumentException notUnderstood) {
            problem(option, "can't be understood: " + notUnderstood.getMessage());
            return Optional.ofNullable(option.defaultValue());
        }
    }

    private void problem(ConfigOption<?> option, String what) {
        String problem = "'%s' %s".formatted(option.key(), what);
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }
}
