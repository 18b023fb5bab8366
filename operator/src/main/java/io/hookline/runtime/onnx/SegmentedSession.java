/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.hookline.graph.Segment;
import io.hookline.graph.SegmentedPlan;
import io.hookline.runtime.PassEngine.PassRequest;
import io.hookline.runtime.PassEngine.PassResult;
import io.hookline.runtime.PassInterrupt;
import io.hookline.runtime.RuntimeInferenceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A compiled plan that is cut, each segment in a session of its own; weights are shared by file.
 */
final class SegmentedSession implements CachedPlan {
    private final SegmentedPlan plan;
    private final List<Step> steps;
    private final Feeder feeder;
    private final Set<String> inputs = new HashSet<>();
    private final Holders holders = new Holders();

    /**
     * One segment and its session.
     *
     * @param leaving what goes to the caller as soon as the segment has run
     * @param live what is still read after it
     */
    record Step(Segment segment, OrtSession session, List<String> leaving, Set<String> live)
            implements AutoCloseable {
        @Override
        public void close() throws OrtException {
            session.close();
        }
    }

    private SegmentedSession(SegmentedPlan plan, List<Step> steps, Feeder feeder) {
        this.plan = plan;
        this.steps = List.copyOf(steps);
        this.feeder = feeder;
        plan.segments().forEach(segment -> inputs.addAll(segment.inputs()));
    }

    /** Opens all sessions, or none. */
    static SegmentedSession open(
            SegmentedPlan plan, OrtSession.SessionOptions options, Feeder feeder)
            throws OrtException {
        List<Step> steps = new ArrayList<>();
        try {
            Map<String, Integer> types = new HashMap<>();
            for (int segment = 0; segment < plan.segments().size(); segment++) {
                steps.add(step(plan, segment, options, types));
            }
            return new SegmentedSession(plan, steps, feeder);
        } catch (OrtException | RuntimeException e) {
            Ort.closeAll(steps);
            throw e;
        }
    }

    private static Step step(
            SegmentedPlan plan,
            int index,
            OrtSession.SessionOptions options,
            Map<String, Integer> types)
            throws OrtException {
        Segment segment = plan.segments().get(index);
        OrtSession session =
                Ort.environment().createSession(segment.model(types).toByteArray(), options);
        Step step = new Step(segment, session, plan.leaving(index), plan.liveAfter(index));
        try {
            for (Map.Entry<String, NodeInfo> output : session.getOutputInfo().entrySet()) {
                types.put(
                        output.getKey(),
                        Ort.onnxType(output.getKey(), output.getValue().getInfo()));
            }
            return step;
        } catch (OrtException | RuntimeException e) {
            Ort.closeAll(List.of(step));
            throw e;
        }
    }

    @Override
    public boolean hold() {
        return holders.add();
    }

    @Override
    public void release() {
        if (holders.remove()) {
            Ort.closeAll(steps);
        }
    }

    @Override
    public PassResult run(PassRequest request, PassInterrupt code, Memory memory)
            throws RuntimeInferenceException {
        try (PassInputs fed = feeder.feed(request, inputs);
                OrtSession.RunOptions options = Ort.options(memory);
                SegmentedRun run = new SegmentedRun(plan, fed, feeder.past(), options)) {
            for (int segment = 0; segment < steps.size(); segment++) {
                run.run(segment, steps.get(segment), code);
            }
            return run.result(feeder.past());
        } catch (OrtException e) {
            throw new RuntimeInferenceException(
                    "ONNX Runtime could not run the batch: " + e.getMessage(),
                    e,
                    Ort.isOutOfMemory(e));
        }
    }
}
