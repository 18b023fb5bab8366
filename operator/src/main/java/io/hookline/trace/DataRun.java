/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.model.HookPoint;
import io.hookline.model.Site;
import io.hookline.plan.PlannedCapture;
import io.hookline.plan.PlannedRow;
import io.hookline.plan.PlannedTrace;
import io.hookline.program.Reduction;
import io.hookline.program.TensorValue;
import io.hookline.runtime.Capture;
import io.hookline.runtime.Detokenizer;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ElementType;
import io.hookline.schema.ErrorCode;
import io.hookline.schema.codec.TensorCodec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One run, or scan, of a trace that is data. */
final class DataRun {
    private final PlannedTrace planned;
    private final Modules modules;
    private final Interleaver run;
    private final Detokenizer detokenizer;
    private final Map<String, CacheDict> caches = new HashMap<>();

    /**
     * @param run whose rows get what is generated
     */
    DataRun(PlannedTrace planned, Modules modules, Interleaver run, Detokenizer detokenizer) {
        this.planned = planned;
        this.modules = modules;
        this.run = run;
        this.detokenizer = detokenizer;
    }

    TraceResult result(ModelRuntime runtime) {
        List<RowOutcome> rows = rows(runtime);
        for (int row = 0; row < rows.size(); row++) {
            run.batcher().complete(row, rows.get(row).generated());
            for (Capture capture : rows.get(row).captures()) {
                cache(row, capture.cache(), capture.stage())
                        .record(capture.point(), occurrence(capture), tensor(capture));
            }
        }
        return new TraceResult(run, detokenizer, caches);
    }

    /** What the first forward pass records, shapes and types only. */
    TraceResult scanned() {
        for (int row = 0; row < planned.rows().size(); row++) {
            PlannedRow each = planned.rows().get(row);
            for (PlannedCapture capture : each.captures()) {
                boolean pooled = capture.site().layout() == Site.Layout.POOLED;
                int length = pooled ? 1 : each.tokens().length;
                int tokens = capture.tokens().positions(0, length).length;
                if (capture.steps().contains(0) && tokens > 0) {
                    record(row, capture, tokens, each.tokens().length);
                }
            }
        }
        return new TraceResult(run, detokenizer, caches);
    }

    private void record(int row, PlannedCapture capture, int tokens, int keys) {
        CacheDict dict = cache(row, capture.cache(), capture.stage());
        Site site = capture.site();
        HookPoint point = HookPoint.of(capture.recordedAs(), site.point().io());
        int[] shape = shape(capture, tokens, keys);
        dict.record(point, site.visit(), shapeOnly(capture.dtype(), shape));
        if (capture.reduction() instanceof Reduction.Lens) {
            HookPoint ids = new HookPoint(point.module(), point.io(), 1);
            dict.record(ids, site.visit(), shapeOnly(ElementType.INT64, shape));
        }
    }

    private static Tensor shapeOnly(ElementType dtype, int[] shape) {
        return new Tensor(dtype, shape, new int[0], null);
    }

    private static int[] shape(PlannedCapture capture, int tokens, int keys) {
        Site site = capture.site();
        int width = capture.units().length == 0 ? site.width() : capture.units().length;
        Reduction reduction = capture.reduction();
        if (site.layout() == Site.Layout.ATTENTION) {
            return new int[] {site.width(), tokens, keys};
        }
        if (reduction instanceof Reduction.Mean || reduction instanceof Reduction.Max) {
            return new int[] {width};
        }
        if (reduction instanceof Reduction.Norm) {
            return new int[] {tokens};
        }
        if (reduction instanceof Reduction.Project project) {
            return new int[] {tokens, ((TensorValue.Literal) project.matrix()).shape()[0]};
        }
        return new int[] {tokens, reduction instanceof Reduction.Lens lens ? lens.k() : width};
    }

    private CacheDict cache(int row, String policy, String stage) {
        return caches.computeIfAbsent(
                TraceResult.key(row, policy, stage), key -> CacheDict.empty(modules));
    }

    private List<RowOutcome> rows(ModelRuntime runtime) {
        try {
            TraceOutcome outcome = runtime.run(List.of(planned)).get(0);
            if (outcome instanceof TraceOutcome.Completed completed) {
                return completed.rows();
            }
            TraceOutcome.Failed failed = (TraceOutcome.Failed) outcome;
            throw new TraceException(failed.code(), failed.message());
        } catch (RuntimeInferenceException e) {
            throw new TraceException(ErrorCode.INFERENCE_FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private int occurrence(Capture capture) {
        String module = modules.original(capture.point().module());
        int visits = modules.sites(HookPoint.of(module, capture.point().io())).size();
        return capture.step() * Math.max(1, visits) + capture.visit();
    }

    private static Tensor tensor(Capture capture) {
        float[] values = TensorCodec.decode(capture.data(), capture.dtype());
        return new Tensor(capture.dtype(), capture.shape().clone(), new int[0], values);
    }
}
