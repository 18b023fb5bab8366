/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.benchmarks;

import io.hookline.model.Site;
import io.hookline.program.About;
import io.hookline.program.CachePolicy;
import io.hookline.program.Generation;
import io.hookline.program.Intervention;
import io.hookline.program.Invocation;
import io.hookline.program.LogitsRequest;
import io.hookline.program.Operation;
import io.hookline.program.Program;
import io.hookline.program.Prompt;
import io.hookline.program.Reduction;
import io.hookline.program.StepSelector;
import io.hookline.program.StopAt;
import io.hookline.program.TensorValue.Literal;
import io.hookline.program.TokenSelector;
import io.hookline.program.UnitSelector;
import io.hookline.schema.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;

/**
 * A program that runs one prompt, for one step unless it generates.
 *
 * @param caches what it records
 * @param edits what it changes
 */
record ProgramKit(
        LogitsRequest logits,
        List<CachePolicy> caches,
        List<Intervention> edits,
        Optional<StopAt> stop,
        Optional<Generation> generate) {
    ProgramKit {
        caches = List.copyOf(caches);
        edits = List.copyOf(edits);
    }

    /** A program that only reads what it must. */
    static ProgramKit plain(LogitsRequest logits) {
        return new ProgramKit(logits, List.of(), List.of(), Optional.empty(), Optional.empty());
    }

    ProgramKit recording(CachePolicy cache) {
        List<CachePolicy> more = new ArrayList<>(caches);
        more.add(cache);
        return new ProgramKit(logits, more, edits, stop, generate);
    }

    ProgramKit changing(List<Intervention> others) {
        return new ProgramKit(logits, caches, others, stop, generate);
    }

    /** Greedy text of exactly so many tokens, whatever they are. */
    ProgramKit generating(int tokens) {
        Generation greedy =
                new Generation(
                        tokens,
                        Optional.of(List.of()),
                        0,
                        OptionalInt.empty(),
                        OptionalDouble.empty(),
                        OptionalLong.empty());
        return new ProgramKit(LogitsRequest.NONE, caches, edits, stop, Optional.of(greedy));
    }

    ProgramKit stoppingAt(Site site) {
        StopAt at = new StopAt(site.point().module(), site.point().io(), 0, "/stop");
        return new ProgramKit(logits, caches, edits, Optional.of(at), generate);
    }

    Program of(Prompt prompt) {
        return new Program(
                About.nothing(),
                List.of(),
                List.of(new Invocation(Optional.empty(), prompt, edits, caches)),
                List.of(),
                List.of(),
                generate,
                logits,
                stop);
    }

    /** Records the outputs of some modules. */
    static CachePolicy outputs(List<Site> sites, TokenSelector tokens) {
        return cache(
                Optional.of(sites.stream().map(site -> site.point().module()).toList()),
                tokens,
                Optional.empty());
    }

    /** Records the outputs of all modules at every token. */
    static CachePolicy everything(ElementType dtype) {
        return cache(Optional.empty(), new TokenSelector.All(), Optional.of(dtype));
    }

    private static CachePolicy cache(
            Optional<List<String>> modules, TokenSelector tokens, Optional<ElementType> dtype) {
        return new CachePolicy(
                Optional.empty(),
                modules,
                new CachePolicy.Ios(true, false, false),
                dtype,
                new CachePolicy.Selection(new StepSelector.All(), tokens, new UnitSelector.All()),
                new Reduction.None(),
                CachePolicy.Stage.POST,
                new CachePolicy.Names(Map.of(), Map.of(), true),
                1,
                "/cache/0");
    }

    static Intervention edit(Site site, Operation operation, TokenSelector tokens) {
        return new Intervention(
                site.point().module() + "." + site.point().io().wireName(),
                operation,
                new StepSelector.At(0),
                tokens,
                new UnitSelector.All(),
                Optional.empty(),
                "/interventions/0");
    }

    /** Adds a vector at every token of each site. */
    static List<Intervention> steering(List<Site> sites, Random random) {
        return sites.stream()
                .map(
                        site ->
                                edit(
                                        site,
                                        new Operation.Add(vector(site, random), 0.5),
                                        new TokenSelector.All()))
                .toList();
    }

    /** One of several kinds of edit. */
    static Operation operation(int kind, Site site, Random random) {
        return switch (kind % 8) {
            case 0 -> new Operation.Add(vector(site, random), random.nextDouble());
            case 1 -> new Operation.Scale(0.5 + random.nextDouble());
            case 2 -> new Operation.Replace(vector(site, random));
            case 3 -> new Operation.Clamp(OptionalDouble.of(-2), OptionalDouble.of(2));
            case 4 -> new Operation.ProjectOut(vector(site, random));
            case 5 -> new Operation.Lerp(vector(site, random), 0.25);
            case 6 -> new Operation.Mean(Optional.empty());
            default -> new Operation.Zero();
        };
    }

    private static Literal vector(Site site, Random random) {
        float[] values = new float[site.width()];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.1f * (float) random.nextGaussian();
        }
        return new Literal(ElementType.FLOAT32, new int[] {values.length}, values);
    }
}
