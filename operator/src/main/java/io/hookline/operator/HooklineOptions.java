/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator;

import io.hookline.runtime.Weights;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Options of the invocation operator. {@code docs/reference/options.md} lists them. */
public final class HooklineOptions {
    /** Folder or ONNX file of the model. */
    public static final ConfigOption<String> MODEL_PATH =
            ConfigOptions.key("hookline.model.path")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Folder with model.onnx (or onnx/model.onnx), or an ONNX file. The same path on every TaskManager. Required.");

    /** Name of the model in events and records. */
    public static final ConfigOption<String> MODEL_NAME =
            ConfigOptions.key("hookline.model.name")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Name of the model in events and records. By default the name of its folder.");

    /** Tokenizer file. */
    public static final ConfigOption<String> MODEL_TOKENIZER =
            ConfigOptions.key("hookline.model.tokenizer")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "The tokenizer.json to use. By default the one beside the model.");

    /** Threads per forward pass. */
    public static final ConfigOption<Integer> MODEL_THREADS =
            ConfigOptions.key("hookline.model.threads")
                    .intType()
                    .defaultValue(1)
                    .withDescription("Threads that one forward pass uses on the processor.");

    /** Precision of the weights. */
    public static final ConfigOption<Weights> MODEL_WEIGHTS =
            ConfigOptions.key("hookline.model.weights")
                    .enumType(Weights.class)
                    .defaultValue(Weights.AS_STORED)
                    .withDescription(
                            "How precise the model's weights are while it runs: as-stored; int8 keeps matrices as 8-bit whole numbers, faster and a little less accurate. './hookline scan --weights int8 --report FILE' measures what it costs. Activations stay float.");

    /** What records call the version of the model. */
    public static final ConfigOption<String> MODEL_VERSION =
            ConfigOptions.key("hookline.model.version")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "What records call the version of the model. By default it has no name, and records tell versions by their digests.");

    /** Digest that the model must have. */
    public static final ConfigOption<String> MODEL_DIGEST =
            ConfigOptions.key("hookline.model.digest")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "SHA-256, in hexadecimal, of the model's ONNX file followed by its external data, as records give it. A model that has another one is not opened. By default any is.");

    /** Folder that models are put from. */
    public static final ConfigOption<String> MODEL_ROOT =
            ConfigOptions.key("hookline.model.root")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Folder that the models of control events lie in; their paths may be relative to it and can't leave it. By default the folder that holds hookline.model.path.");

    /** How long models outlive their last slot. */
    public static final ConfigOption<Duration> MODEL_KEEP_WARM =
            ConfigOptions.key("hookline.model.keep-warm")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(1))
                    .withDescription(
                            "How long a TaskManager keeps a model loaded after the last slot that used it has ended, so that a restart after a failure finds it there. 0 closes it at once.");

    /** What the model runs on. */
    public static final ConfigOption<String> DEVICE_NAME =
            ConfigOptions.key("hookline.device.name")
                    .stringType()
                    .defaultValue("cpu")
                    .withDescription(
                            "What the model runs on: cpu; cuda:N for the GPU of that index; cuda for one that Flink's external resource 'gpu' offers.");

    /** What happens without that device. */
    public static final ConfigOption<DeviceFallback> DEVICE_FALLBACK =
            ConfigOptions.key("hookline.device.fallback")
                    .enumType(DeviceFallback.class)
                    .defaultValue(DeviceFallback.NONE)
                    .withDescription(
                            "What to do when the device is not there: none fails the job, cpu runs on the processor.");

    /** Slots that share one GPU. */
    public static final ConfigOption<Integer> DEVICE_SLOTS_PER_GPU =
            ConfigOptions.key("hookline.device.slots-per-gpu")
                    .intType()
                    .noDefaultValue()
                    .withDescription(
                            "Slots of one TaskManager that share a GPU at most, and with it the loaded model: one GPU after the other is filled, and a slot that finds none free is DEVICE_UNAVAILABLE. 1 gives each slot a GPU of its own. By default slots are spread over all GPUs, however many they are. For hookline.device.name = cuda.");

    /** Events per batch at most. */
    public static final ConfigOption<Integer> BATCH_MAX_SIZE =
            ConfigOptions.key("hookline.batch.max-size")
                    .intType()
                    .defaultValue(32)
                    .withDescription(
                            "Events that share a forward pass at most; of events that generate, invocations.");

    /** How long an event waits for others. */
    public static final ConfigOption<Duration> BATCH_MAX_WAIT =
            ConfigOptions.key("hookline.batch.max-wait")
                    .durationType()
                    .defaultValue(Duration.ofMillis(10))
                    .withDescription(
                            "How long an event waits at most for others to share a batch. When none are likely to come in that time, it does not wait.");

    /** Padding in a batch at most. */
    public static final ConfigOption<Double> BATCH_MAX_PADDING =
            ConfigOptions.key("hookline.batch.max-padding")
                    .doubleType()
                    .defaultValue(0.25)
                    .withDescription(
                            "Share of a forward pass that may be padding when prompts of different lengths share it, from 0 to below 1; of two prompts of 6 and 10 tokens it is 0.2. With 0 prompts of equal length alone share one, and each is bit for bit what it is alone; with more, within rounding. For models that generate no text and bear padding, which is tried; prompts of others share a pass only when they are of equal length.");

    /** How long a batch should run. */
    public static final ConfigOption<Duration> BATCH_TARGET_LATENCY =
            ConfigOptions.key("hookline.batch.target-latency")
                    .durationType()
                    .noDefaultValue()
                    .withDescription(
                            "How long a batch should take at most, from when a worker gets it. Batches that take longer become smaller, down to one event, and grow again to hookline.batch.max-size when there is time. By default size alone counts.");

    /** Events in the operator at most. */
    public static final ConfigOption<Integer> CAPACITY =
            ConfigOptions.key("hookline.capacity")
                    .intType()
                    .defaultValue(256)
                    .withDescription(
                            "Events in one subtask at most, waiting, running or not yet written. When it is full the source has to wait. At least hookline.batch.max-size.");

    /** Threads that run batches. */
    public static final ConfigOption<Integer> WORKERS =
            ConfigOptions.key("hookline.workers")
                    .intType()
                    .defaultValue(1)
                    .withDescription("Threads per subtask that run batches.");

    /** Batches handed to workers at most. */
    public static final ConfigOption<Integer> MAX_IN_FLIGHT_BATCHES =
            ConfigOptions.key("hookline.max-in-flight-batches")
                    .intType()
                    .defaultValue(2)
                    .withDescription(
                            "Batches per subtask that run or wait for a worker at most. One more than hookline.workers keeps workers busy.");

    /** Tries of an event that fails alone. */
    public static final ConfigOption<Integer> MAX_ATTEMPTS =
            ConfigOptions.key("hookline.max-attempts")
                    .intType()
                    .defaultValue(3)
                    .withDescription(
                            "How often an event whose inference fails is tried alone before it becomes a dead letter. A failing batch is halved until the event to blame is alone.");

    /** Order of outputs. */
    public static final ConfigOption<OutputOrder> OUTPUT_ORDER =
            ConfigOptions.key("hookline.output.order")
                    .enumType(OutputOrder.class)
                    .defaultValue(OutputOrder.UNORDERED)
                    .withDescription(
                            "unordered: outputs leave as soon as they are ready, a watermark waits for every event before it. ordered: outputs leave as the events arrived.");

    /** When an event's records leave. */
    public static final ConfigOption<Emission> EMIT =
            ConfigOptions.key("hookline.emit")
                    .enumType(Emission.class)
                    .defaultValue(Emission.EVENT)
                    .withDescription(
                            "event: the records of an event leave together when it has ended. step: they leave step by step while it generates, its result last. Either way exactly once.");

    /** How long an event may take. */
    public static final ConfigOption<Duration> TIMEOUT =
            ConfigOptions.key("hookline.timeout")
                    .durationType()
                    .noDefaultValue()
                    .withDescription(
                            "How long an event may take from its arrival to its result; after that it is a dead letter TIMED_OUT. By default without limit.");

    /** How long a batch may run. */
    public static final ConfigOption<Duration> WATCHDOG_TIMEOUT =
            ConfigOptions.key("hookline.watchdog.timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(10))
                    .withDescription(
                            "How long one batch may run before the task fails. A native call can't be interrupted; this bounds what a stuck one holds up.");

    /** Bytes of tensors in one output record at most. */
    public static final ConfigOption<MemorySize> RECORD_MAX_BYTES =
            ConfigOptions.key("hookline.record.max-bytes")
                    .memoryType()
                    .defaultValue(MemorySize.parse("4mb"))
                    .withDescription(
                            "Bytes of tensors in one output record at most. Larger activations leave in chunks, which the published readers put together again; larger logits are left out of the result, which says so. Keep it well below hookline.sink.max-request-size.");

    /** Functions that events may call. */
    public static final ConfigOption<List<String>> FUNCTIONS_ALLOWED =
            ConfigOptions.key("hookline.functions.allowed")
                    .stringType()
                    .asList()
                    .defaultValues()
                    .withDescription(
                            "Names of the intervention functions that events may call, separated by ';'. They come from the job's own jar. By default none.");

    /** Whether signals are measured. */
    public static final ConfigOption<Boolean> SIGNALS_ENABLED =
            ConfigOptions.key("hookline.signals.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether signals are measured: those of hookline.signals.kinds and the probes of the control topic.");

    /** What is measured without probes. */
    public static final ConfigOption<List<String>> SIGNALS_KINDS =
            ConfigOptions.key("hookline.signals.kinds")
                    .stringType()
                    .asList()
                    .defaultValues("norm", "non_finite")
                    .withDescription(
                            "What is measured of every event without any probe, a list with ';' between of norm, max_abs, mean, non_finite, change_norm, change_cosine and change_tokens, which runs the model twice for events with interventions.");

    /** Where that is measured. */
    public static final ConfigOption<String> SIGNALS_AT =
            ConfigOptions.key("hookline.signals.at")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Where hookline.signals.kinds are measured: a hook point such as 'model.model.layers.*.mlp.output'. By default at the output of each block of the model, non_finite at the last one only, since what is no number stays so.");

    /** At which positions. */
    public static final ConfigOption<String> SIGNALS_TOKENS =
            ConfigOptions.key("hookline.signals.tokens")
                    .stringType()
                    .defaultValue("last")
                    .withDescription(
                            "At which token positions hookline.signals.kinds are measured: 'last', 'first', 'all', 'generated' or a range such as '2:5'. Each position is a record.");

    /** In which steps. */
    public static final ConfigOption<String> SIGNALS_STEPS =
            ConfigOptions.key("hookline.signals.steps")
                    .stringType()
                    .defaultValue("0")
                    .withDescription(
                            "In which generation steps hookline.signals.kinds are measured: a number, 'all' or a range such as '0:4'; 0 is the pass over the prompt.");

    /** What results, dead letters and logs say of prompts. */
    public static final ConfigOption<PromptRedaction> REDACT_PROMPT =
            ConfigOptions.key("hookline.redact.prompt")
                    .enumType(PromptRedaction.class)
                    .defaultValue(PromptRedaction.NONE)
                    .withDescription(
                            "What results, dead letters and logs say of prompts: none hides nothing, hash writes their SHA-256 instead, drop writes nothing. Dead letters then hold no event that can be sent again.");

    /** What the hash of a prompt begins with. */
    public static final ConfigOption<String> REDACT_SALT =
            ConfigOptions.key("hookline.redact.salt")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "A secret that is hashed before each prompt, so that nobody without it can try prompts out. Needs hookline.redact.prompt to be hash.");

    /** Bytes of activation records that the job may write. */
    public static final ConfigOption<MemorySize> BUDGET_BYTES =
            budget(
                    "hookline.budget.bytes-per-second",
                    "Bytes of activation records that the job may write each second, shared evenly by its subtasks. What would exceed a budget is made smaller by hookline.budget.steps, counted in metrics, and named in the event's result. By default without limit.");

    /** Bytes of activation records that each topic may get. */
    public static final ConfigOption<MemorySize> BUDGET_TOPIC_BYTES =
            budget(
                    "hookline.budget.topic-bytes-per-second",
                    "Bytes of activation records that each topic may get each second, shared evenly by the job's subtasks. By default without limit.");

    /** Bytes of activation records that each tenant may cause. */
    public static final ConfigOption<MemorySize> BUDGET_TENANT_BYTES =
            budget(
                    "hookline.budget.tenant-bytes-per-second",
                    "Bytes of activation records that the events of each tenant may cause each second, shared evenly by the job's subtasks; events without a tenant count as one. By default without limit.");

    /** How much may be written at once. */
    public static final ConfigOption<Duration> BUDGET_BURST =
            ConfigOptions.key("hookline.budget.burst")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(5))
                    .withDescription(
                            "What a budget saves up in a pause: the bytes of so much time may be written at once. A record that is larger than that is written when everything is saved up.");

    /** What is done to records that would exceed a budget. */
    public static final ConfigOption<List<BudgetStep>> BUDGET_STEPS =
            ConfigOptions.key("hookline.budget.steps")
                    .enumType(BudgetStep.class)
                    .asList()
                    .defaultValues(BudgetStep.values())
                    .withDescription(
                            "What is done, in this order, to an activation record that would exceed a budget, until it fits: sample (the record is written only when the event's id is among hookline.budget.sample-share), last-token, float16, int8 (with a scale), mean (over tokens), drop. Without drop what still does not fit is written all the same, and made up for by the records behind it. Records in chunks are only sampled and dropped.");

    /** The events that keep their records. */
    public static final ConfigOption<Double> BUDGET_SAMPLE_SHARE =
            ConfigOptions.key("hookline.budget.sample-share")
                    .doubleType()
                    .defaultValue(0.1)
                    .withDescription(
                            "Share of events, 0 to 1 by hash of their ids, that keep records which the step sample would leave out.");

    private static ConfigOption<MemorySize> budget(String key, String description) {
        return ConfigOptions.key(key).memoryType().noDefaultValue().withDescription(description);
    }

    private HooklineOptions() {}
}
