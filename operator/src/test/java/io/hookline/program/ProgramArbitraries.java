/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.program;

import io.hookline.schema.ElementType;
import io.hookline.schema.codec.TensorCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Programs of every form that the reader accepts. */
public final class ProgramArbitraries {
    private ProgramArbitraries() {}

    /** Programs with one to three invocations, pointers as they would be read. */
    public static Arbitrary<Program> programs() {
        Arbitrary<Integer> invocations = Arbitraries.integers().between(1, 3);
        return Combinators.combine(invocations, generations().optional())
                .flatAs(ProgramArbitraries::programs);
    }

    /** Programs as bodies of policies: nothing of one event, and no invocations. */
    public static Arbitrary<Program> policies() {
        Scope scope = new Scope(1, 1);
        return Combinators.combine(
                        interventions(scope),
                        caches(scope),
                        generations().optional(),
                        Arbitraries.of(LogitsRequest.class),
                        stops(scope).optional())
                .as(
                        (edits, caches, generate, logits, stop) ->
                                new Program(
                                        About.nothing(),
                                        List.of(),
                                        List.of(),
                                        edits,
                                        caches,
                                        generate,
                                        logits,
                                        stop))
                .map(ProgramArbitraries::placed);
    }

    /** How many steps and invocations the parts of a program may name. */
    private record Scope(int steps, int invocations) {}

    private static Arbitrary<Program> programs(int invocations, Optional<Generation> generate) {
        Scope scope = new Scope(generate.map(Generation::maxNewTokens).orElse(1), invocations);
        return Combinators.combine(
                        abouts(),
                        names().list().ofMaxSize(2),
                        invocations(scope).list().ofSize(invocations),
                        interventions(scope),
                        caches(scope),
                        Arbitraries.of(LogitsRequest.class),
                        stops(scope).optional())
                .as(
                        (about, policies, rows, edits, caches, logits, stop) ->
                                new Program(
                                        about, policies, rows, edits, caches, generate, logits,
                                        stop))
                .map(ProgramArbitraries::placed);
    }

    /** Any text that UTF-8 can carry, not empty. */
    public static Arbitrary<String> names() {
        return Arbitraries.oneOf(
                Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(8),
                Arbitraries.strings()
                        .all()
                        .ofMinLength(1)
                        .ofMaxLength(8)
                        .filter(Values::isWellFormed));
    }

    private static Arbitrary<About> abouts() {
        Arbitrary<Instant> times =
                Arbitraries.longs().between(0, 4_000_000_000_000L).map(Instant::ofEpochMilli);
        return Combinators.combine(
                        names().optional(),
                        names().optional(),
                        names().optional(),
                        names().optional(),
                        times.optional(),
                        maps())
                .as(About::new);
    }

    private static Arbitrary<Map<String, String>> maps() {
        return Arbitraries.maps(names(), names()).ofMaxSize(2);
    }

    private static Arbitrary<Invocation> invocations(Scope scope) {
        Arbitrary<Prompt> prompts =
                Arbitraries.oneOf(
                        names().map(Prompt.Text::new),
                        Arbitraries.integers()
                                .between(0, 50_000)
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(4)
                                .map(Prompt.Tokens::new));
        return Combinators.combine(names().optional(), prompts, interventions(scope), caches(scope))
                .as(Invocation::new);
    }

    private static Arbitrary<List<Intervention>> interventions(Scope scope) {
        return Combinators.combine(
                        names(),
                        operations(scope),
                        steps(scope),
                        tokens(),
                        units(),
                        names().optional())
                .as(
                        (at, op, steps, tokens, units, name) ->
                                new Intervention(at, op, steps, tokens, units, name, ""))
                .list()
                .ofMaxSize(2);
    }

    private static Arbitrary<Operation> operations(Scope scope) {
        return Arbitraries.oneOf(
                List.of(
                        tensors().map(Operation.Replace::new),
                        Combinators.combine(tensors(), numbers()).as(Operation.Add::new),
                        numbers().map(Operation.Scale::new),
                        Arbitraries.of(new Operation.Zero(), new Operation.Stop()),
                        tensors().optional().map(Operation.Mean::new),
                        clamps(),
                        tensors()
                                .filter(ProgramArbitraries::isDirection)
                                .map(Operation.ProjectOut::new),
                        Combinators.combine(tensors(), numbers()).as(Operation.Lerp::new),
                        Combinators.combine(
                                        Arbitraries.integers().between(0, scope.invocations() - 1),
                                        names().optional(),
                                        tokens().optional())
                                .as(Operation.Patch::new),
                        tensors().optional().map(Operation.Skip::new),
                        calls()));
    }

    private static boolean isDirection(TensorValue tensor) {
        return !(tensor instanceof TensorValue.Literal literal && Directions.hasZero(literal));
    }

    private static Arbitrary<Operation> clamps() {
        return Combinators.combine(numbers(), numbers(), Arbitraries.integers().between(0, 2))
                .as(
                        (a, b, which) ->
                                new Operation.Clamp(
                                        bound(which != 0, Math.min(a, b)),
                                        bound(which != 1, Math.max(a, b))));
    }

    private static OptionalDouble bound(boolean present, double bound) {
        return present ? OptionalDouble.of(bound) : OptionalDouble.empty();
    }

    private static Arbitrary<Operation> calls() {
        Arbitrary<String> json =
                Arbitraries.of("1", "\"x\"", "[1,2.5,null]", "{\"a\":{\"b\":true}}");
        return Combinators.combine(names(), Arbitraries.maps(names(), json).ofMaxSize(2))
                .as(Operation.Call::new);
    }

    private static Arbitrary<Double> numbers() {
        return Arbitraries.doubles().between(-1e6, 1e6);
    }

    /** Tensors of every type whose values that type can hold, and references. */
    public static Arbitrary<TensorValue> tensors() {
        return Arbitraries.oneOf(
                names().map(TensorValue.Ref::new), literals().map(Function.identity()));
    }

    /** Tensors of every type whose values that type can hold. */
    public static Arbitrary<TensorValue.Literal> literals() {
        Arbitrary<int[]> shapes =
                Arbitraries.integers().between(1, 3).array(int[].class).ofMaxSize(3);
        return Combinators.combine(Arbitraries.of(ElementType.class), shapes)
                .flatAs(ProgramArbitraries::literals);
    }

    private static Arbitrary<TensorValue.Literal> literals(ElementType type, int[] shape) {
        int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        return values(type)
                .list()
                .ofSize(size)
                .map(
                        values -> {
                            float[] floats = new float[size];
                            for (int i = 0; i < size; i++) {
                                floats[i] = values.get(i);
                            }
                            return new TensorValue.Literal(type, shape, floats);
                        });
    }

    private static Arbitrary<Float> values(ElementType type) {
        return switch (type) {
            case FLOAT32, FLOAT64 -> Arbitraries.floats();
            case FLOAT16, BFLOAT16 ->
                    Arbitraries.bytes()
                            .array(byte[].class)
                            .ofSize(2)
                            .map(bytes -> TensorCodec.decode(ByteBuffer.wrap(bytes), type)[0])
                            .filter(Float::isFinite);
            case BOOL -> Arbitraries.of(0f, 1f);
            case UINT8 -> Arbitraries.integers().between(0, 255).map(Integer::floatValue);
            case INT8 -> Arbitraries.integers().between(-128, 127).map(Integer::floatValue);
            case INT32, INT64 ->
                    Arbitraries.integers().between(-(1 << 24), 1 << 24).map(Integer::floatValue);
        };
    }

    private static Arbitrary<StepSelector> steps(Scope scope) {
        Arbitrary<Integer> step = Arbitraries.integers().between(0, scope.steps() - 1);
        return Arbitraries.oneOf(
                Arbitraries.just(new StepSelector.All()),
                step.map(StepSelector.At::new),
                step.list().ofMaxSize(3).map(StepSelector.Listed::new),
                Combinators.combine(bounds(step), bounds(step.map(to -> to + 1)))
                        .as(StepSelector.Range::new));
    }

    private static Arbitrary<TokenSelector> tokens() {
        Arbitrary<Integer> position = Arbitraries.integers().between(-9, 9);
        return Arbitraries.oneOf(
                Arbitraries.of(
                        new TokenSelector.All(),
                        new TokenSelector.Last(),
                        new TokenSelector.First(),
                        new TokenSelector.Generated()),
                position.list().ofMaxSize(3).map(TokenSelector.Listed::new),
                Combinators.combine(bounds(position), bounds(position))
                        .as(TokenSelector.Range::new));
    }

    private static Arbitrary<UnitSelector> units() {
        Arbitrary<Integer> unit = Arbitraries.integers().between(-9, 9);
        return Arbitraries.oneOf(
                Arbitraries.just(new UnitSelector.All()),
                unit.list().ofMaxSize(3).map(UnitSelector.Listed::new),
                Combinators.combine(bounds(unit), bounds(unit)).as(UnitSelector.Range::new));
    }

    private static Arbitrary<OptionalInt> bounds(Arbitrary<Integer> bound) {
        return bound.optional()
                .map(value -> value.map(OptionalInt::of).orElse(OptionalInt.empty()));
    }

    private static Arbitrary<List<CachePolicy>> caches(Scope scope) {
        Arbitrary<Boolean> flag = Arbitraries.of(true, false);
        Arbitrary<CachePolicy.Ios> ios =
                Combinators.combine(flag, flag, flag).as(CachePolicy.Ios::new);
        Arbitrary<CachePolicy.Selection> selections =
                Combinators.combine(steps(scope), tokens(), units()).as(CachePolicy.Selection::new);
        Arbitrary<CachePolicy.Names> renames =
                Combinators.combine(maps(), maps(), flag).as(CachePolicy.Names::new);
        return Combinators.combine(
                        Combinators.combine(
                                        names().optional(), names().list().ofMaxSize(2).optional())
                                .as(Named::new),
                        ios,
                        Arbitraries.of(ElementType.class).optional(),
                        selections,
                        reductions(),
                        Arbitraries.of(CachePolicy.Stage.class),
                        renames,
                        Arbitraries.doubles().between(0, 1))
                .as(
                        (named, values, dtype, selection, reduce, stage, names, sample) ->
                                new CachePolicy(
                                        named.name(),
                                        named.modules(),
                                        values,
                                        dtype,
                                        selection,
                                        reduce,
                                        stage,
                                        names,
                                        sample,
                                        ""))
                .list()
                .ofMaxSize(2);
    }

    private record Named(Optional<String> name, Optional<List<String>> modules) {}

    private static Arbitrary<Reduction> reductions() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        new Reduction.None(),
                        new Reduction.Mean(),
                        new Reduction.Max(),
                        new Reduction.Norm()),
                tensors().map(Reduction.Project::new),
                Arbitraries.integers().between(1, 9).map(Reduction.Lens::new));
    }

    private static Arbitrary<Generation> generations() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers().between(0, 9).list().ofMaxSize(2).optional(),
                        Arbitraries.doubles().between(0, 2),
                        bounds(Arbitraries.integers().between(1, 50)),
                        Arbitraries.doubles().between(0.1, 1).optional(),
                        Arbitraries.longs().optional())
                .as(
                        (tokens, eos, temperature, k, p, seed) ->
                                new Generation(
                                        tokens,
                                        eos,
                                        temperature,
                                        k,
                                        p.map(OptionalDouble::of).orElse(OptionalDouble.empty()),
                                        seed.map(OptionalLong::of).orElse(OptionalLong.empty())));
    }

    private static Arbitrary<StopAt> stops(Scope scope) {
        return Combinators.combine(
                        names(),
                        Arbitraries.of(Io.OUTPUT, Io.INPUT),
                        Arbitraries.integers().between(0, scope.steps() - 1))
                .as((module, io, step) -> new StopAt(module, io, step, "/stop"));
    }

    /** The program with pointers as they are when it is read. */
    static Program placed(Program program) {
        return new Program(
                program.about(),
                program.policies(),
                indexed(program.invocations(), "/invocations", ProgramArbitraries::placed),
                indexed(program.interventions(), "/interventions", Intervention::movedTo),
                indexed(program.cache(), "/cache", ProgramArbitraries::moved),
                program.generate(),
                program.logits(),
                program.stop());
    }

    private static Invocation placed(Invocation invocation, String pointer) {
        return invocation.with(
                indexed(
                        invocation.interventions(),
                        pointer + "/interventions",
                        Intervention::movedTo),
                indexed(invocation.cache(), pointer + "/cache", ProgramArbitraries::moved));
    }

    private static CachePolicy moved(CachePolicy cache, String pointer) {
        return new CachePolicy(
                cache.name(),
                cache.modules(),
                cache.ios(),
                cache.dtype(),
                cache.selection(),
                cache.reduce(),
                cache.stage(),
                cache.names(),
                cache.sample(),
                pointer);
    }

    private static <T> List<T> indexed(
            List<T> items, String pointer, BiFunction<T, String, T> placing) {
        return IntStream.range(0, items.size())
                .mapToObj(i -> placing.apply(items.get(i), pointer + "/" + i))
                .toList();
    }
}
