/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.ModuleTree;
import io.hookline.plan.PlannedRow;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.About;
import io.hookline.program.Generation;
import io.hookline.program.InterventionFunctions;
import io.hookline.program.Invocation;
import io.hookline.program.LogitsRequest;
import io.hookline.program.Program;
import io.hookline.program.ProgramException;
import io.hookline.program.ProgramReader;
import io.hookline.program.Prompt;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelPlanner;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.runtime.onnx.OnnxModelLoader;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A language model that is traced: blocks of code run interleaved with it, read its values and
 * change them. Traces may run at the same time; none sees another.
 *
 * <pre>{@code
 * try (var model = LanguageModel.load(Path.of("ticketlm"))) {
 *     var result = model.trace("Ticket from Anna: Hello,", t -> {
 *         Tensor hidden = t.module("model.model.layers.2").output();
 *         t.save("norms", hidden.norm());
 *     });
 *     System.out.println(Arrays.toString(result.saved("norms").toFloats()));
 * }
 * }</pre>
 */
public final class LanguageModel implements AutoCloseable {
    static final TraceCall TRACE = new TraceCall(Optional.empty(), false);
    private static final TraceCall SCAN = new TraceCall(Optional.empty(), true);

    private final ModelPlanner planner;
    private final Optional<ModelRuntime> runtime;
    private final boolean owner;
    private final Modules modules;
    private final ModuleCalls calls;
    private final Courses courses = new Courses();
    private final List<Block> edits = new CopyOnWriteArrayList<>();
    private volatile InterventionFunctions functions = InterventionFunctions.NONE;

    private LanguageModel(
            ModelPlanner planner, boolean owner, List<Map.Entry<String, String>> renames) {
        this.planner = planner;
        this.runtime =
                planner instanceof ModelRuntime whole ? Optional.of(whole) : Optional.empty();
        this.owner = owner;
        this.modules = new Modules(planner.info().name(), planner.info().tree(), renames);
        this.calls = new EngineCalls(modules, runtime.map(ModelRuntime::passes).orElse(null));
    }

    /**
     * Opens a model on the CPU.
     *
     * @param path a folder with {@code model.onnx} and {@code tokenizer.json}, or an ONNX file
     * @throws ModelLoadException when there is no model that can be run
     * @throws IOException when its files can't be read
     */
    public static LanguageModel load(Path path) throws IOException, ModelLoadException {
        return load(ModelSpec.cpu(path));
    }

    /** Opens a model on a device. */
    public static LanguageModel load(ModelSpec spec) throws IOException, ModelLoadException {
        OnnxModelLoader loader = new OnnxModelLoader(OnnxModelLoader.defaultCacheFolder());
        return new LanguageModel(loader.load(spec), true, List.of());
    }

    /**
     * Opens a model without its weights: it can be looked at and scanned, and programs can be
     * checked.
     *
     * @throws ModelLoadException when there is no model
     * @throws IOException when its files can't be read
     */
    public static LanguageModel describe(Path path) throws IOException, ModelLoadException {
        OnnxModelLoader loader = new OnnxModelLoader(OnnxModelLoader.defaultCacheFolder());
        return new LanguageModel(loader.scan(ModelSpec.cpu(path)), true, List.of());
    }

    /** Traces a model that somebody else opened and closes. */
    public static LanguageModel of(ModelRuntime runtime) {
        return new LanguageModel(runtime, false, List.of());
    }

    /**
     * The same model with further names for modules; their own keep working, and so do names that
     * were given before.
     *
     * @param renames {@code mlp → ffn}: every module of that name; {@code transformer.h → layers}:
     *     the module of that path, found below the root
     * @throws TraceException when a module has that name already
     */
    public LanguageModel rename(Map<String, String> renames) {
        List<Map.Entry<String, String>> all = new ArrayList<>(modules.renames());
        new TreeMap<>(renames).forEach((from, to) -> all.add(Map.entry(from, to)));
        LanguageModel renamed = new LanguageModel(planner, false, all);
        renamed.edits.addAll(edits);
        renamed.functions = functions;
        return renamed;
    }

    /**
     * Token ids of a text, as its prompt has them: special tokens that the tokenizer adds included.
     *
     * @throws UnsupportedOperationException when there is no tokenizer
     */
    public int[] encode(String text) {
        return planner.encode(text);
    }

    /** Text of token ids, special tokens left out; empty when there is no tokenizer. */
    public String decode(int... tokens) {
        return planner.decode(tokens);
    }

    /** A module, to look at the tree or to be called on a value. */
    public Envoy module(String path) {
        return new Envoy(modules, modules.find(path), null, calls);
    }

    /** The root of the modules. */
    public Envoy root() {
        return module(ModuleTree.ROOT);
    }

    /** Runs one forward pass over a prompt, interleaved with a block. */
    public TraceResult trace(String prompt, Block block) {
        return trace(tracer -> tracer.invoke(prompt, block));
    }

    /** Runs one forward pass over several prompts, each a row, interleaved with a block. */
    public TraceResult trace(String[] prompts, Block block) {
        return trace(tracer -> tracer.invoke(prompts, block));
    }

    /** Runs one forward pass over token ids, interleaved with a block. */
    public TraceResult trace(int[] tokens, Block block) {
        return trace(tracer -> tracer.invoke(tokens, block));
    }

    /**
     * Runs one forward pass over the prompts of several invocations, interleaved with their blocks.
     */
    public TraceResult trace(Tracer.Definition definition) {
        return captureTrace(definition).compile().execute();
    }

    /** Generates up to that many tokens, the likeliest each time, interleaved with a block. */
    public TraceResult generate(int maxNewTokens, String prompt, Block block) {
        return generate(maxNewTokens, tracer -> tracer.invoke(prompt, block));
    }

    /** Generates up to that many tokens after token ids, interleaved with a block. */
    public TraceResult generate(int maxNewTokens, int[] tokens, Block block) {
        return generate(maxNewTokens, tracer -> tracer.invoke(tokens, block));
    }

    /** Generates tokens as told, interleaved with a block. */
    public TraceResult generate(Generation generation, String prompt, Block block) {
        return generate(generation, tracer -> tracer.invoke(prompt, block));
    }

    /** Generates up to that many tokens for each row, interleaved with blocks. */
    public TraceResult generate(int maxNewTokens, Tracer.Definition definition) {
        return captureGeneration(maxNewTokens, definition).compile().execute();
    }

    /** Generates tokens as told, interleaved with blocks. */
    public TraceResult generate(Generation generation, Tracer.Definition definition) {
        return capture(new TraceCall(Optional.of(generation), false), definition)
                .compile()
                .execute();
    }

    /** Runs a block with shapes and types only: nothing is computed. */
    public TraceResult scan(String prompt, Block block) {
        return scan(tracer -> tracer.invoke(prompt, block));
    }

    /** Runs a block with shapes and types only, over token ids: nothing is computed. */
    public TraceResult scan(int[] tokens, Block block) {
        return scan(tracer -> tracer.invoke(tokens, block));
    }

    /** Runs blocks with shapes and types only: nothing is computed. */
    public TraceResult scan(Tracer.Definition definition) {
        return capture(SCAN, definition).compile().execute();
    }

    /** Writes a trace down without running it. */
    public Tracer captureTrace(Tracer.Definition definition) {
        return capture(TRACE, definition);
    }

    /** Writes a generation down without running it. */
    public Tracer captureGeneration(int maxNewTokens, Tracer.Definition definition) {
        return capture(generation(maxNewTokens), definition);
    }

    private Tracer capture(TraceCall call, Tracer.Definition definition) {
        Tracer tracer = new Tracer(this, call, new HashMap<>(), false);
        definition.define(tracer);
        return tracer.captured();
    }

    /** Writes a program down as a trace without running it. */
    public Tracer capture(Program program) {
        Tracer tracer =
                new Tracer(this, new TraceCall(program.generate(), false), new HashMap<>(), false);
        tracer.define(program);
        return tracer.captured();
    }

    /**
     * Restores a trace that {@link Tracer#toJson} wrote, or any program.
     *
     * @throws TraceException when it is no valid program
     */
    public Tracer restore(byte[] json) {
        try {
            return capture(ProgramReader.read(json));
        } catch (ProgramException e) {
            throw new TraceException(e.code(), String.valueOf(e.getMessage()), e);
        }
    }

    /** Lets programs call those functions, and no others, from now on; at first there are none. */
    public void allow(InterventionFunctions allowed) {
        functions = allowed;
    }

    /**
     * The model with a stored edit: the block runs before those of every trace, for all rows. This
     * model stays as it is.
     */
    public LanguageModel edit(Block block) {
        LanguageModel edited = new LanguageModel(planner, false, modules.renames());
        edited.edits.addAll(edits);
        edited.edits.add(block);
        edited.functions = functions;
        return edited;
    }

    /** Stores an edit in this model itself. */
    public void editInPlace(Block block) {
        edits.add(block);
    }

    /** Removes the edits stored in this model; models made of it before keep theirs. */
    public void clearEdits() {
        edits.clear();
    }

    /** Runs several traces between which values flow. */
    public void session(Session.Body body) {
        Session session = new Session(this);
        try {
            body.run(session);
        } finally {
            session.end();
        }
    }

    CompiledTrace compile(Tracer tracer) {
        if (tracer.invokes().stream().anyMatch(each -> each.data().isPresent())) {
            return compileData(tracer);
        }
        List<Prompt> prompts =
                tracer.invokes().stream().flatMap(each -> each.prompts().stream()).toList();
        TraceCall call = tracer.fn();
        List<int[]> tokens = tokens(prompts, call.generation());
        ModuleCalls called = call.scans() ? new EngineCalls(modules, null) : calls;
        Interleaver interleaver = interleaver(tracer, tokens, called);
        addMediators(tracer, interleaver, prompts.size());
        return new CompiledTrace(tracer, interleaver, () -> execute(tracer, interleaver));
    }

    private Interleaver interleaver(Tracer tracer, List<int[]> tokens, ModuleCalls called) {
        boolean recomputes = planner.info().signature().past().isEmpty();
        List<Integer> eos = planner.info().limits().eosTokenIds();
        return new Interleaver(
                new TracedModel(modules, called, recomputes),
                new Batcher(tokens, tracer.fn().generation(), eos),
                tracer.shared());
    }

    private TraceResult execute(Tracer tracer, Interleaver interleaver) {
        boolean ran = false;
        try (Passes passes = passes(tracer.fn())) {
            interleaver.run(passes);
            ran = true;
        } finally {
            interleaver.release(ran, tracer.keepsAll());
        }
        return new TraceResult(interleaver, planner::decode);
    }

    private Passes passes(TraceCall call) {
        return call.scans()
                ? new ScanPasses()
                : new EnginePasses(whole().passes(), planner.info().signature(), courses);
    }

    /** A trace that is data never waits: it is planned as a whole and runs uncut. */
    private CompiledTrace compileData(Tracer tracer) {
        PlannedTrace planned = plan(tracer.program());
        List<int[]> tokens = planned.rows().stream().map(PlannedRow::tokens).toList();
        Interleaver interleaver = interleaver(tracer, tokens, calls);
        DataRun run = new DataRun(planned, modules, interleaver, planner::decode);
        return new CompiledTrace(
                tracer,
                interleaver,
                tracer.fn().scans() ? run::scanned : () -> run.result(whole()));
    }

    /** The code of the first stored edit; empty when there is none. */
    Optional<Block> firstEdit() {
        return edits.stream().findFirst();
    }

    private ModelRuntime whole() {
        return runtime.orElseThrow(
                () ->
                        new TraceException(
                                ErrorCode.UNSUPPORTED_PROGRAM,
                                "model '%s' was opened without its weights, it can only be scanned"
                                        .formatted(modules.model())));
    }

    private PlannedTrace plan(Program program) {
        try {
            return planner.plan(program, functions);
        } catch (ProgramException e) {
            throw new TraceException(e.code(), String.valueOf(e.getMessage()), e);
        }
    }

    private void addMediators(Tracer tracer, Interleaver interleaver, int rows) {
        Scope whole = new Scope(0, rows, true);
        List<Block> stored = new ArrayList<>(edits);
        for (int i = 0; i < stored.size(); i++) {
            interleaver.add(new Mediator("edit " + i, whole, stored.get(i), interleaver));
        }
        int first = 0;
        for (int i = 0; i < tracer.invokes().size(); i++) {
            Invoke invoke = tracer.invokes().get(i);
            int count = invoke.prompts().size();
            Scope scope = invoke.isWhole() ? whole : new Scope(first, count, false);
            interleaver.add(
                    new Mediator(
                            "invocation " + i, scope, invoke.block().orElseThrow(), interleaver));
            first += count;
        }
    }

    private List<int[]> tokens(List<Prompt> prompts, Optional<Generation> generation) {
        Program program =
                new Program(
                        About.nothing(),
                        List.of(),
                        prompts.stream()
                                .map(
                                        prompt ->
                                                new Invocation(
                                                        Optional.empty(),
                                                        prompt,
                                                        List.of(),
                                                        List.of()))
                                .toList(),
                        List.of(),
                        List.of(),
                        generation,
                        LogitsRequest.NONE,
                        Optional.empty());
        return plan(program).rows().stream().map(PlannedRow::tokens).toList();
    }

    static TraceCall generation(int maxNewTokens) {
        if (maxNewTokens < 1) {
            throw new TraceException(
                    ErrorCode.MALFORMED_EVENT,
                    "at least 1 new token must be generated, got " + maxNewTokens);
        }
        return new TraceCall(
                Optional.of(
                        new Generation(
                                maxNewTokens,
                                Optional.empty(),
                                0,
                                OptionalInt.empty(),
                                OptionalDouble.empty(),
                                OptionalLong.empty())),
                false);
    }

    /**
     * Closes what {@link #load} or {@link #describe} opened; models made by edits and renames go
     * with it.
     */
    @Override
    public void close() {
        if (owner) {
            planner.close();
        }
    }

    @Override
    public String toString() {
        return "model '%s', %d modules, %d stored edits%s"
                .formatted(
                        modules.model(),
                        modules.tree().modules().size(),
                        edits.size(),
                        runtime.isEmpty() ? ", without weights" : "");
    }
}
