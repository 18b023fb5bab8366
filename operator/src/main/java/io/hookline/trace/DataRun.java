/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.trace;

import io.hookline.plan.PlannedTrace;
import io.hookline.runtime.Capture;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.RowOutcome;
import io.hookline.runtime.RuntimeInferenceException;
import io.hookline.runtime.TraceOutcome;
import io.hookline.schema.ErrorCode;
import io.hookline.schema.codec.TensorCodec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs traces that are data. */
final class DataRun {
    private DataRun() {}

    static TraceResult result(
            ModelRuntime runtime, PlannedTrace planned, Modules modules, Interleaver run) {
        List<RowOutcome> rows = rows(runtime, planned);
        Map<String, CacheDict> caches = new HashMap<>();
        for (int row = 0; row < rows.size(); row++) {
            run.batcher().complete(row, rows.get(row).generated());
            for (Capture capture : rows.get(row).captures()) {
                caches.computeIfAbsent(
                                TraceResult.key(row, capture.cache()),
                                key -> CacheDict.empty(modules))
                        .record(capture.point(), occurrence(modules, capture), tensor(capture));
            }
        }
        return new TraceResult(run, caches);
    }

    private static List<RowOutcome> rows(ModelRuntime runtime, PlannedTrace planned) {
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

    private static int occurrence(Modules modules, Capture capture) {
        int visits = Math.max(1, modules.sites(capture.point()).size());
        return capture.step() * visits + capture.visit();
    }

    private static Tensor tensor(Capture capture) {
        float[] values = TensorCodec.decode(capture.data(), capture.dtype());
        return new Tensor(capture.dtype(), capture.shape().clone(), new int[0], values);
    }
}
