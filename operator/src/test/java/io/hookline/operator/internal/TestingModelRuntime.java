/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.model.HookPoint;
import io.hookline.model.ModelLimits;
import io.hookline.model.ModelSignature;
import io.hookline.model.Module;
import io.hookline.model.ModuleTree;
import io.hookline.model.Site;
import io.hookline.plan.PlannedCapture;
import io.hookline.plan.PlannedRow;
import io.hookline.plan.PlannedTrace;
import io.hookline.plan.SignalRequest;
import io.hookline.plan.StepSet;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Invocation;
import io.hookline.program.Io;
import io.hookline.program.Problem;
import io.hookline.program.Program;
import io.hookline.program.ProgramDraft;
import io.hookline.program.ProgramException;
import io.hookline.program.Prompt;
import io.hookline.program.Reduction;
import io.hookline.program.SignalDefinition;
import io.hookline.program.TokenSelector;
import io.hookline.runtime.Capture;
import io.hookline.runtime.Decoding;
import io.hookline.runtime.ModelInfo;
import io.hookline.runtime.ModelPool;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.runtime.Turns;
import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/**
 * A model without a model: a prompt's tokens are its characters, its answer is the prompt, and
 * prompts that begin with certain words behave like the events that make trouble.
 */
final class TestingModelRuntime implements ModelRuntime {
    static final String NAME = "echo";

    /** What a prompt of token ids is, as a model gets it to show that it runs. */
    static final String TRIAL = "trial";

    private static final Map<String, TestingModelRuntime> RUNTIMES = new ConcurrentHashMap<>();

    private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Void>> plans = new ConcurrentHashMap<>();
    private final List<List<String>> batches = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<ModelSpec> specs = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch started = new CountDownLatch(1);
    private final ModelInfo info;
    private final boolean once;

    /** A model that may be opened again and again. */
    TestingModelRuntime() {
        this(NAME, Optional.empty(), "00ff", false);
    }

    /**
     * @param once whether nothing may run on it once it is closed
     */
    TestingModelRuntime(String name, Optional<String> version, String digest, boolean once) {
        this.once = once;
        this.info =
                new ModelInfo(
                        name,
                        version,
                        digest,
                        ModuleTree.of("none", List.of(new Module("model", "", List.of()))),
                        new ModelSignature(
                                "input_ids",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of("logits"),
                                List.of(),
                                true),
                        new ModelLimits(10, OptionalInt.of(16), List.of(0)));
    }

    /** Finds a runtime of this JVM, however it travelled. */
    private record Source(String id) implements ModelSource {
        @Override
        public ModelPool.Lease acquire(ModelSpec spec) {
            TestingModelRuntime runtime = RUNTIMES.get(id);
            runtime.specs.add(spec);
            return new Lease(runtime);
        }
    }

    private record Lease(ModelRuntime runtime) implements ModelPool.Lease {
        @Override
        public void close() {
            runtime.close();
        }
    }

    ModelSource source() {
        String id = String.valueOf(System.identityHashCode(this));
        RUNTIMES.put(id, this);
        return new Source(id);
    }

    /** Prompts that are this word wait until the latch is counted down. */
    CountDownLatch gate(String prompt) {
        return gates.computeIfAbsent(prompt, key -> new CountDownLatch(1));
    }

    /** Prompts that are this word wait for a plan that the test compiles. */
    CompletableFuture<Void> plan(String prompt) {
        return plans.computeIfAbsent(prompt, key -> new CompletableFuture<>());
    }

    @Override
    public Turns attempt(List<PlannedTrace> batch, double padding)
            throws RuntimeInferenceException {
        List<PlannedTrace> ready = batch.stream().filter(trace -> plan(trace).isDone()).toList();
        Iterator<TraceOutcome> outcomes =
                (ready.isEmpty() ? List.<TraceOutcome>of() : run(ready)).iterator();
        return new Turns(
                batch.stream()
                        .<Turns.Turn>map(
                                trace ->
                                        ready.contains(trace)
                                                ? new Turns.Ended(outcomes.next())
                                                : new Turns.Waits(plan(trace)))
                        .toList(),
                4L * batch.size(),
                batch.size(),
                1);
    }

    private CompletableFuture<Void> plan(PlannedTrace trace) {
        return plans.getOrDefault(prompt(trace.program()), CompletableFuture.completedFuture(null));
    }

    /** The prompts of every run so far. */
    List<List<String>> batches() {
        return List.copyOf(batches);
    }

    CountDownLatch closed() {
        return closed;
    }

    /** Counted down when the first batch runs. */
    CountDownLatch started() {
        return started;
    }

    List<ModelSpec> specs() {
        return List.copyOf(specs);
    }

    @Override
    public ModelInfo info() {
        return info;
    }

    @Override
    public PlannedTrace plan(
            ProgramDraft draft, InterventionFunctions functions, List<SignalRequest> signals)
            throws ProgramException {
        return plan(draft.orThrow(), functions);
    }

    @Override
    public List<Problem> problems(SignalDefinition signal) {
        return List.of();
    }

    @Override
    public PlannedTrace plan(Program program, InterventionFunctions functions)
            throws ProgramException {
        String prompt = prompt(program);
        if (prompt.startsWith("refuse")) {
            throw new ProgramException(
                    List.of(
                            new Problem(ErrorCode.UNKNOWN_MODULE, "/cache/0", "no such module"),
                            new Problem(ErrorCode.OUT_OF_ORDER, "/cache/1", "too late")));
        }
        if (prompt.startsWith("unplannable")) {
            throw new IllegalStateException("no plan");
        }
        return new PlannedTrace(
                program, program.invocations().stream().map(TestingModelRuntime::row).toList());
    }

    private static PlannedRow row(Invocation invocation) {
        return new PlannedRow(
                tokens(invocation), List.of(), captures(invocation), List.of(), Optional.empty());
    }

    /** What follows "to " in a prompt is a module that it records. */
    private static List<PlannedCapture> captures(Invocation invocation) {
        String prompt = text(invocation);
        return prompt.startsWith("to ")
                ? List.of(
                        new PlannedCapture(
                                "0",
                                prompt.substring(3),
                                site(prompt.substring(3)),
                                false,
                                StepSet.of(0),
                                new TokenSelector.All(),
                                new int[0],
                                new Reduction.None(),
                                ElementType.FLOAT32))
                : List.of();
    }

    /** The output of a module. */
    static Site site(String module) {
        return new Site(
                HookPoint.of(module, Io.OUTPUT),
                0,
                0,
                module,
                ElementType.FLOAT32,
                Site.Layout.SEQUENCE,
                1,
                List.of(),
                List.of());
    }

    private static int[] tokens(Invocation invocation) {
        return text(invocation).chars().toArray();
    }

    static String prompt(Program program) {
        return text(program.invocations().get(0));
    }

    private static String text(Invocation invocation) {
        return invocation.prompt() instanceof Prompt.Text prompt ? prompt.text() : TRIAL;
    }

    @Override
    public io.hookline.runtime.PassEngine passes() {
        throw new UnsupportedOperationException("an echo has no passes");
    }

    @Override
    public boolean decodes(PlannedTrace trace) {
        String prompt = prompt(trace.program());
        return prompt.startsWith("story") || prompt.startsWith("tragedy");
    }

    @Override
    public Decoding decoding(int maxAttempts) {
        return new TestingDecoding(this::plan);
    }

    @Override
    public List<TraceOutcome> run(List<PlannedTrace> batch) throws RuntimeInferenceException {
        List<String> prompts = batch.stream().map(trace -> prompt(trace.program())).toList();
        if (!prompts.equals(List.of(TRIAL))) {
            batches.add(prompts);
            started.countDown();
        }
        if (once && closed.getCount() == 0) {
            throw new IllegalStateException("the model is closed");
        }
        if (info.name().equals("sick")) {
            throw new RuntimeInferenceException("sick", new Exception(), false);
        }
        for (String prompt : prompts) {
            await(prompt);
            if (prompt.startsWith("poison")) {
                throw new RuntimeInferenceException("poisoned", new Exception(), false);
            }
            if (prompt.startsWith("die")) {
                throw new StackOverflowError("dead");
            }
        }
        return batch.stream().map(TestingModelRuntime::outcome).toList();
    }

    private void await(String prompt) {
        CountDownLatch gate = gates.get(prompt);
        boolean interrupted = false;
        while (gate != null && gate.getCount() > 0) {
            try {
                gate.await();
            } catch (InterruptedException ignoredAsNativeCodeDoes) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static TraceOutcome outcome(PlannedTrace trace) {
        String prompt = prompt(trace.program());
        if (prompt.startsWith("fail")) {
            return new TraceOutcome.Failed(ErrorCode.BARRIER_UNMET, "nobody came");
        }
        List<RowOutcome> rows = new ArrayList<>();
        for (int i = 0; i < trace.rows().size(); i++) {
            rows.add(row(trace, i));
        }
        return new TraceOutcome.Completed(rows);
    }

    private static RowOutcome row(PlannedTrace trace, int invocation) {
        String prompt = prompt(trace.program());
        int captures = prompt.startsWith("fan") ? Integer.parseInt(prompt.substring(3)) : 1;
        return new RowOutcome(
                trace.rows().get(invocation).tokens(),
                new int[] {1, 2},
                prompt,
                false,
                new float[][] {{Float.NaN, 1}},
                IntStream.range(0, captures).mapToObj(i -> capture(invocation, i)).toList());
    }

    private static Capture capture(int invocation, int index) {
        return new Capture(
                "0",
                invocation,
                HookPoint.of("model.layers." + index, Io.OUTPUT),
                0,
                0,
                "post",
                "none",
                new int[] {0, 2},
                ElementType.FLOAT32,
                new int[] {2, 1},
                new byte[8]);
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
