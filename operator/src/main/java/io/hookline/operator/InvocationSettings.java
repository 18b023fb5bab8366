/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import io.hookline.program.SignalDefinition;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.Weights;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.flink.configuration.ReadableConfig;

/**
 * What the options of the invocation operator say, checked.
 *
 * @param functions names of those that events may call
 */
public record InvocationSettings(
        Model model,
        Serving serving,
        DeviceChoice device,
        Batching batching,
        Limits limits,
        Budget budget,
        OutputOrder order,
        Emission emission,
        List<String> functions,
        Signals signals,
        Redaction redaction) {
    public InvocationSettings {
        functions = List.copyOf(functions);
    }

    /**
     * Which model.
     *
     * @param name empty for the folder's name
     * @param tokenizer empty for the file beside the model
     * @param threads of one forward pass on the processor
     * @param weights how precise they are while the model runs
     * @param pin which version it is
     */
    public record Model(
            Path path,
            Optional<String> name,
            Optional<Path> tokenizer,
            int threads,
            Weights weights,
            ModelSpec.Pin pin) {}

    /**
     * How models come and go.
     *
     * @param root folder that the models of control events lie in
     * @param keepWarm how long a model outlives its last slot
     */
    public record Serving(Path root, Duration keepWarm) {}

    /**
     * What it runs on.
     *
     * @param fallback whether the processor is good enough when that is not there
     * @param slotsPerGpu slots that share a GPU at most; empty spreads them over all
     */
    public record DeviceChoice(
            DeviceRequest request, DeviceFallback fallback, OptionalInt slotsPerGpu) {}

    /**
     * When a batch goes.
     *
     * @param maxSize events per batch at most
     * @param maxWait how long an event waits for others
     * @param targetLatency how long a batch should run, empty when size alone counts
     * @param maxPadding share of a forward pass that may be padding
     */
    public record Batching(
            int maxSize, Duration maxWait, Optional<Duration> targetLatency, double maxPadding) {}

    /**
     * How much at once, and how long.
     *
     * @param capacity events in the operator at most
     * @param workers threads that run batches
     * @param maxInFlightBatches batches with the workers at most
     * @param maxAttempts tries of an event that fails alone
     * @param timeout how long an event may take, empty for no limit
     * @param watchdog how long a batch may run before the task fails
     * @param maxRecordBytes what the tensors of one output record may take
     */
    public record Limits(
            int capacity,
            int workers,
            int maxInFlightBatches,
            int maxAttempts,
            Optional<Duration> timeout,
            Duration watchdog,
            int maxRecordBytes) {}

    /**
     * What is measured of every event.
     *
     * @param enabled whether anything is, probes of the control topic among them
     * @param definitions what is measured without probes
     */
    public record Signals(boolean enabled, List<SignalDefinition> definitions) {
        public Signals {
            definitions = List.copyOf(definitions);
        }
    }

    /**
     * What activation records may take, in bytes per second; empty for no limit.
     *
     * @param job of all together
     * @param topic of each topic
     * @param tenant of each tenant
     * @param burst what may be written at once after a pause
     * @param steps what is done to a record that would exceed one, in this order
     * @param sampleShare events that keep what the step sample leaves out
     */
    public record Budget(
            OptionalLong job,
            OptionalLong topic,
            OptionalLong tenant,
            Duration burst,
            List<BudgetStep> steps,
            double sampleShare) {
        public Budget {
            steps = List.copyOf(steps);
        }

        /** Whether there is any limit. */
        public boolean isLimited() {
            return job.isPresent() || topic.isPresent() || tenant.isPresent();
        }
    }

    /**
     * What outputs and logs say of prompts.
     *
     * @param salt what is hashed before each prompt, empty for nothing; a secret
     */
    public record Redaction(PromptRedaction prompt, String salt) {
        /** Without the salt. */
        @Override
        public String toString() {
            return "Redaction[prompt=" + prompt + "]";
        }
    }

    /**
     * Reads the options.
     *
     * @throws org.apache.flink.configuration.IllegalConfigurationException that names everything
     *     that is wrong with them
     */
    public static InvocationSettings from(ReadableConfig config) {
        return new SettingsReader(config).read();
    }
}
