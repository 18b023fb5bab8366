/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import static io.hookline.trace.CacheOption.includeAttention;
import static io.hookline.trace.CacheOption.includeInputs;
import static io.hookline.trace.CacheOption.modules;

import io.hookline.model.HookPoint;
import io.hookline.model.Site;
import io.hookline.plan.EditValue;
import io.hookline.plan.PlannedCapture;
import io.hookline.plan.PlannedEdit;
import io.hookline.plan.PlannedRow;
import io.hookline.plan.PlannedStop;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.TensorValue.Literal;
import io.hookline.program.TokenSelector;
import io.hookline.runtime.Capture;
import io.hookline.runtime.RowOutcome;
import io.hookline.schema.codec.TensorCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A program as somebody would write it in Java: a block for each invocation, with an edit by code
 * where the program has one, barriers where it patches, and caches.
 */
final class TranslatedProgram {
    private final LanguageModel model;
    private final PlannedTrace trace;
    private final Site head;
    private final Map<String, Barrier> barriers = new HashMap<>();
    private final CacheDict[] recorded;
    private final CacheDict[] logits;

    /** Something that a block does at a place in forward order. */
    private record Action(int order, Runnable code) {}

    private TranslatedProgram(LanguageModel model, PlannedTrace trace, Site head) {
        this.model = model;
        this.trace = trace;
        this.head = head;
        this.recorded = new CacheDict[trace.rows().size()];
        this.logits = new CacheDict[trace.rows().size()];
    }

    /**
     * Runs a program.
     *
     * @param head whose output is the logits
     */
    static List<RowOutcome> run(LanguageModel model, PlannedTrace trace, Site head) {
        return new TranslatedProgram(model, trace, head).run();
    }

    private List<RowOutcome> run() {
        TraceResult result =
                trace.program()
                        .generate()
                        .map(generation -> model.generate(generation, this::define))
                        .orElseGet(() -> model.trace(this::define));
        List<RowOutcome> rows = new ArrayList<>();
        for (int row = 0; row < trace.rows().size(); row++) {
            rows.add(outcome(row, result));
        }
        return rows;
    }

    private void define(Tracer tracer) {
        for (int row = 0; row < trace.rows().size(); row++) {
            int index = row;
            for (PlannedEdit edit : trace.rows().get(row).edits()) {
                if (edit.value() instanceof EditValue.FromRow from && from.row() != row) {
                    barriers.put(key(row, edit), tracer.barrier(2));
                }
            }
            tracer.invoke(trace.rows().get(row).tokens(), t -> block(index, t));
        }
    }

    private String key(int row, PlannedEdit edit) {
        return row + "/" + trace.rows().get(row).edits().indexOf(edit);
    }

    private void block(int row, Mediator t) {
        PlannedRow planned = trace.rows().get(row);
        String[] paths =
                planned.captures().stream()
                        .map(capture -> capture.site().point().module())
                        .distinct()
                        .toArray(String[]::new);
        recorded[row] = t.cache(modules(paths), includeInputs(true), includeAttention(true));
        logits[row] = t.cache(modules(head.point().module()));
        if (trace.program().generate().isEmpty()) {
            step(row, 0, t);
            return;
        }
        for (int step : t.iter(0, trace.program().steps())) {
            step(row, step, t);
        }
    }

    private void step(int row, int step, Mediator t) {
        List<Action> actions = new ArrayList<>();
        for (PlannedEdit edit : trace.rows().get(row).edits()) {
            if (edit.steps().contains(step)) {
                add(actions, row, step, edit, t);
            }
        }
        addGiven(actions, row, step, t);
        trace.rows()
                .get(row)
                .stop()
                .filter(stop -> stop.step() == step)
                .ifPresent(
                        stop -> actions.add(new Action(stop.site().order(), () -> stop(stop, t))));
        actions.sort(Comparator.comparingInt(Action::order));
        actions.forEach(action -> action.code().run());
    }

    /** A stop comes when the model gets there, so the block has to be there, too. */
    private static void stop(PlannedStop stop, Mediator t) {
        read(stop.site(), t).toFloats();
        t.stop();
    }

    private void add(List<Action> actions, int row, int step, PlannedEdit edit, Mediator t) {
        int order = edit.site().order();
        if (edit.value() instanceof EditValue.FromInput from) {
            Envoy module = t.module(edit.site().point().module());
            actions.add(new Action(from.input().order(), () -> module.skip(module.input())));
        } else if (edit.value() instanceof EditValue.FromRow from) {
            String key = key(row, edit) + "/" + step;
            boolean own = from.row() == row;
            if (own) {
                actions.add(
                        new Action(
                                from.source().order(),
                                () -> t.share(key, taken(from, row, step, t))));
            } else {
                Barrier barrier = barriers.get(key(row, edit));
                actions.add(new Action(from.source().order(), barrier::await));
            }
            actions.add(
                    new Action(
                            order,
                            () ->
                                    read(edit.site(), t)
                                            .set(
                                                    selector(edit.tokens(), row, step),
                                                    t.shared(key))));
        } else {
            actions.add(new Action(order, () -> change(edit, row, step, t)));
        }
    }

    /** What others patch from this row. */
    private void addGiven(List<Action> actions, int row, int step, Mediator t) {
        for (int target = 0; target < trace.rows().size(); target++) {
            for (PlannedEdit edit : trace.rows().get(target).edits()) {
                if (edit.value() instanceof EditValue.FromRow from
                        && from.row() == row
                        && target != row
                        && edit.steps().contains(step)) {
                    String key = key(target, edit);
                    actions.add(
                            new Action(
                                    from.source().order(),
                                    () -> {
                                        t.share(key + "/" + step, taken(from, row, step, t));
                                        barriers.get(key).await();
                                    }));
                }
            }
        }
    }

    private Tensor taken(EditValue.FromRow from, int row, int step, Mediator t) {
        return read(from.source(), t).at(selector(from.tokens(), row, step));
    }

    private static Tensor read(Site site, Mediator t) {
        Envoy module = t.module(site.point().module());
        return switch (site.point().io()) {
            case INPUT -> module.input();
            case OUTPUT -> module.output();
            case ATTENTION -> module.attention();
        };
    }

    private Selector selector(TokenSelector tokens, int row, int step) {
        return Selector.positions(positions(tokens, row, step));
    }

    private int[] positions(TokenSelector tokens, int row, int step) {
        int length = step == 0 ? trace.rows().get(row).tokens().length : 1;
        return tokens.positions(step, length);
    }

    private void change(PlannedEdit edit, int row, int step, Mediator t) {
        int[] positions = Arrays.stream(positions(edit.tokens(), row, step)).distinct().toArray();
        if (positions.length == 0) {
            return;
        }
        Tensor h = read(edit.site(), t);
        Selector all = Selector.positions(positions);
        Tensor before = h.at(all);
        Tensor after = changed(edit.value(), before, h);
        if (edit.units().length > 0) {
            Tensor whole = before.copy();
            whole.set(whole(positions.length), after);
            h.set(all.andUnits(edit.units()), whole.at(unitsOf(positions.length, edit.units())));
        } else {
            h.set(all, after);
        }
    }

    private static Selector whole(int positions) {
        return Selector.range(0, positions);
    }

    private static Selector unitsOf(int positions, int[] units) {
        return whole(positions).andUnits(units);
    }

    private static Tensor changed(EditValue value, Tensor h, Tensor whole) {
        if (value instanceof EditValue.Put put) {
            return literal(put.value());
        }
        if (value instanceof EditValue.Plus plus) {
            return h.plus(literal(plus.value()));
        }
        if (value instanceof EditValue.Times times) {
            return h.times(times.by());
        }
        if (value instanceof EditValue.Limit limit) {
            return h.map(each -> Math.min(Math.max(each, limit.low()), limit.high()));
        }
        if (value instanceof EditValue.Without without) {
            Tensor direction = literal(without.direction());
            int[] lengths = h.shape();
            lengths[lengths.length - 1] = 1;
            return h.minus(h.dot(direction).reshape(lengths).times(direction));
        }
        if (value instanceof EditValue.Blend blend) {
            return h.times(blend.keep()).plus(literal(blend.value()));
        }
        if (value instanceof EditValue.OwnMean) {
            return whole.mean(1).reshape(1, 1, whole.shape()[2]);
        }
        throw new IllegalStateException("no code for " + value);
    }

    private static Tensor literal(Literal literal) {
        return Tensor.of(literal);
    }

    private RowOutcome outcome(int row, TraceResult result) {
        int[] generated = result.generated(row);
        PlannedRow planned = trace.rows().get(row);
        boolean stopped = planned.stop().isPresent();
        int steps = planned.stop().map(PlannedStop::step).orElse(Math.max(1, generated.length));
        List<float[]> last = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            Tensor all = entry(logits[row], head.point(), step).orElseThrow();
            last.add(all.at(Selector.last()).toFloats());
        }
        return new RowOutcome(
                result.prompt(row),
                generated,
                "",
                stopped,
                last.toArray(float[][]::new),
                captures(row, stopped ? steps + 1 : steps));
    }

    private static Optional<Tensor> entry(CacheDict dict, HookPoint point, int step) {
        if (!dict.contains(point.module())) {
            return Optional.empty();
        }
        List<Entry> visits = dict.get(point.module()).entries();
        if (step >= visits.size() || visits.get(step) == null) {
            return Optional.empty();
        }
        Entry entry = visits.get(step);
        return Optional.ofNullable(
                switch (point.io()) {
                    case INPUT -> entry.input();
                    case OUTPUT -> entry.output();
                    case ATTENTION -> entry.attention();
                });
    }

    private List<Capture> captures(int row, int steps) {
        List<Capture> captures = new ArrayList<>();
        for (PlannedCapture planned : trace.rows().get(row).captures()) {
            for (int step = 0; step < steps; step++) {
                int at = step;
                int[] positions = positions(planned.tokens(), row, step);
                if (planned.steps().contains(step) && positions.length > 0) {
                    entry(recorded[row], planned.site().point(), step)
                            .map(value -> selected(value, planned, positions))
                            .map(value -> capture(new At(row, at, positions), planned, value))
                            .ifPresent(captures::add);
                }
            }
        }
        return captures;
    }

    private static Tensor selected(Tensor whole, PlannedCapture planned, int[] positions) {
        Selector selector = Selector.positions(positions);
        return whole.at(
                planned.units().length == 0 ? selector : selector.andUnits(planned.units()));
    }

    /** Where something was recorded. */
    private record At(int row, int step, int[] positions) {}

    private static Capture capture(At at, PlannedCapture planned, Tensor value) {
        int[] shape = value.shape();
        return new Capture(
                planned.cache(),
                at.row(),
                new HookPoint(planned.recordedAs(), planned.site().point().io(), 0),
                planned.site().visit(),
                at.step(),
                planned.stage(),
                "none",
                at.positions(),
                planned.dtype(),
                IntStream.range(1, shape.length).map(axis -> shape[axis]).toArray(),
                TensorCodec.encode(value.toFloats(), planned.dtype()));
    }
}
