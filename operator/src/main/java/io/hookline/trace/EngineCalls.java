/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.graph.FeedNames;
import io.hookline.model.HookPoint;
import io.hookline.model.Module;
import io.hookline.model.Site;
import io.hookline.plan.EditKind;
import io.hookline.plan.Structure;
import io.hookline.plan.Structure.LogitsTap;
import io.hookline.plan.Structure.Pooling;
import io.hookline.plan.Structure.SiteEdits;
import io.hookline.plan.Structure.Slot;
import io.hookline.plan.Structure.Tap;
import io.hookline.program.Io;
import io.hookline.runtime.HostTensor;
import io.hookline.runtime.PassEngine;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Runs single modules: the part of the graph between a module's input and its output. */
final class EngineCalls implements ModuleCalls {
    private final Modules modules;
    private final @Nullable PassEngine engine;

    /**
     * @param engine null where shapes are all that is wanted
     */
    EngineCalls(Modules modules, @Nullable PassEngine engine) {
        this.modules = modules;
        this.engine = engine;
    }

    @Override
    public Tensor call(Module module, Tensor value) {
        Site input = site(module, Io.INPUT);
        Site output = site(module, Io.OUTPUT);
        int[] shape = value.rawShape();
        if (shape.length == 0 || shape[shape.length - 1] != input.width()) {
            throw new TraceException(
                    ErrorCode.SHAPE_MISMATCH,
                    "module '%s' takes values of width %d, not of shape %s"
                            .formatted(module.path(), input.width(), Arrays.toString(shape)));
        }
        int[] result = shape.clone();
        result[result.length - 1] = output.width();
        float[] numbers = value.peek();
        return value.with(
                result,
                numbers == null || engine == null ? null : run(module, input, output, numbers));
    }

    private Site site(Module module, Io io) {
        HookPoint point = HookPoint.of(module.path(), io);
        return modules.sites(point).stream()
                .filter(site -> site.layout() == Site.Layout.SEQUENCE)
                .findFirst()
                .orElseThrow(() -> unsupported(module, null));
    }

    private float[] run(Module module, Site input, Site output, float[] numbers) {
        long rows = numbers.length / input.width();
        long[] shape = {1, rows, input.width()};
        List<HostTensor> feeds = new ArrayList<>();
        feeds.add(HostTensor.ofFloats(FeedNames.value(0), input.dtype(), shape, numbers));
        feeds.add(HostTensor.ofLongs(FeedNames.shapeOfWidth(input.width()), new long[] {3}, shape));
        feeds.add(
                HostTensor.ofLongs(
                        FeedNames.tapRows(0),
                        new long[] {rows},
                        LongStream.range(0, rows).toArray()));
        SiteEdits put =
                new SiteEdits(input, List.of(new Slot(EditKind.PUT, Optional.empty(), true)));
        Tap tap = new Tap(output, false, List.of(), Pooling.NONE, 0, ElementType.FLOAT32);
        Structure structure = new Structure(List.of(put), List.of(tap), LogitsTap.NONE, false);
        try {
            PassEngine.Output made =
                    java.util.Objects.requireNonNull(engine)
                            .run(new PassRequest(structure, feeds, 1, Optional.empty()))
                            .taps()
                            .get(0);
            float[] values = new float[made.data().remaining() / Float.BYTES];
            made.data().asFloatBuffer().get(values);
            return values;
        } catch (RuntimeInferenceException | IllegalStateException e) {
            throw unsupported(module, e);
        }
    }

    private static TraceException unsupported(Module module, @Nullable Exception cause) {
        String message =
                "module '%s' can't be called on a value alone: it needs more than one"
                        .formatted(module.path());
        return cause == null
                ? new TraceException(ErrorCode.UNSUPPORTED_PROGRAM, message)
                : new TraceException(ErrorCode.UNSUPPORTED_PROGRAM, message, cause);
    }
}
