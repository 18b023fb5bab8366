/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.HookPoint;
import io.hookline.model.Module;
import io.hookline.program.Io;
import io.hookline.schema.ErrorCode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A module of the model. In a block its values can be read and changed; outside of one it shows
 * where the module stands in the tree.
 */
public final class Envoy {
    private final Modules modules;
    private final Module module;
    private final @Nullable Mediator mediator;
    private final ModuleCalls calls;

    Envoy(Modules modules, Module module, @Nullable Mediator mediator) {
        this(modules, module, mediator, mediator == null ? null : mediator.interleaver().calls());
    }

    Envoy(
            Modules modules,
            Module module,
            @Nullable Mediator mediator,
            @Nullable ModuleCalls calls) {
        this.modules = modules;
        this.module = module;
        this.mediator = mediator;
        this.calls = Objects.requireNonNull(calls, "calls");
    }

    /** Path from the root {@code model}, in the model's own names. */
    public String path() {
        return module.path();
    }

    /** Path with the names that modules were given. */
    public String alias() {
        return modules.alias(module.path());
    }

    /** Class in the framework that the model was exported from; empty when unknown. */
    public String className() {
        return module.className();
    }

    /** Modules directly inside, in forward order. */
    public List<Envoy> children() {
        String prefix = module.path() + ".";
        return modules.tree().modules().stream()
                .filter(each -> each.path().startsWith(prefix))
                .filter(each -> each.path().indexOf('.', prefix.length()) < 0)
                .map(this::sibling)
                .toList();
    }

    /**
     * A module inside.
     *
     * @param path from here, e.g. {@code layers.0.mlp}
     */
    public Envoy module(String path) {
        return sibling(modules.find(module.path() + "." + path));
    }

    /** A module of a list by its index; negative ones count from the end. */
    public Envoy at(int index) {
        long count = children().stream().filter(each -> each.path().matches(".*\\.\\d+")).count();
        long at = index < 0 ? index + count : index;
        if (at < 0 || at >= count) {
            throw new TraceException(
                    ErrorCode.UNKNOWN_MODULE,
                    count == 0
                            ? "'%s' is no list of modules".formatted(module.path())
                            : "index %d of '%s' is out of range, allowed are %d to %d"
                                    .formatted(index, module.path(), -count, count - 1));
        }
        return module(String.valueOf(at));
    }

    private Envoy sibling(Module other) {
        return new Envoy(modules, other, mediator, calls);
    }

    /** What the module hands out, {@code [rows, tokens, width]}. */
    public Tensor output() {
        return block(Io.OUTPUT).read(point(Io.OUTPUT));
    }

    /** Replaces what the module hands out. */
    public void output(Tensor value) {
        block(Io.OUTPUT).replace(point(Io.OUTPUT), value);
    }

    /** What the module is called with first, {@code [rows, tokens, width]}. */
    public Tensor input() {
        return block(Io.INPUT).read(point(Io.INPUT));
    }

    /** Replaces what the module is called with first, for this module alone. */
    public void input(Tensor value) {
        block(Io.INPUT).replace(point(Io.INPUT), value);
    }

    /** Everything that the module is called with. */
    public Inputs inputs() {
        return new Inputs(List.of(input()), java.util.Map.of());
    }

    /** Replaces what the module is called with. */
    public void inputs(Inputs values) {
        input(values.first().orElseThrow(() -> Modules.noValue(point(Io.INPUT))));
    }

    /** Everything that the module hands out. */
    public List<Tensor> outputs() {
        return List.of(output());
    }

    /**
     * Replaces everything that the module hands out.
     *
     * @param values one tensor: that is what a module of a graph hands out
     */
    public void outputs(List<Tensor> values) {
        if (values.size() != 1) {
            throw new TraceException(
                    ErrorCode.SHAPE_MISMATCH,
                    "'%s' hands out 1 tensor, got %d".formatted(module.path(), values.size()));
        }
        output(values.get(0));
    }

    /** Attention probabilities of an attention module, {@code [rows, heads, tokens, keys]}. */
    public Tensor attention() {
        return block(Io.ATTENTION).read(point(Io.ATTENTION));
    }

    /** Replaces the attention probabilities. */
    public void attention(Tensor value) {
        block(Io.ATTENTION).replace(point(Io.ATTENTION), value);
    }

    /**
     * Leaves the module out: it does not run for the block's rows, and this becomes its output.
     * Keys and values are still computed from its input, so that later steps may attend to them.
     */
    public void skip(Tensor value) {
        boolean hasInput = !modules.sites(point(Io.INPUT)).isEmpty();
        block(Io.INPUT).skip(point(hasInput ? Io.INPUT : Io.OUTPUT), point(Io.OUTPUT), value);
    }

    /**
     * Runs the module alone on a value; no hook point is visited. Norms, heads and feed-forward
     * modules can be called, attention can't: it needs more than one value.
     */
    public Tensor call(Tensor value) {
        return calls.call(module, value);
    }

    private HookPoint point(Io io) {
        return HookPoint.of(module.path(), io);
    }

    private Mediator block(Io io) {
        if (mediator == null) {
            throw new TraceException(
                    ErrorCode.OUT_OF_ORDER,
                    "can't access '%s' outside of interleaving: ask for it in a block of a trace"
                            .formatted(point(io)));
        }
        return mediator;
    }

    @Override
    public String toString() {
        return module.path();
    }
}
