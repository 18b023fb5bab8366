/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import static java.util.Objects.requireNonNull;

import io.hookline.model.Site;
import io.hookline.plan.Structure;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A structure as models that run one after the other, with code between them. Tensors are handed
 * from model to model by name.
 *
 * @param segments in the order in which they run
 * @param cuts in the order in which their code runs
 */
public record SegmentedPlan(Structure structure, List<Segment> segments, List<Cut> cuts) {
    public SegmentedPlan {
        requireNonNull(structure, "structure");
        segments = List.copyOf(segments);
        cuts = List.copyOf(cuts);
    }

    /**
     * Where code waits between two segments.
     *
     * @param slot index of the slot that is the code's, empty where the caller asked for the cut
     * @param value the tensor that the code sees
     * @param resumed the name under which later segments read it, or what the code gave instead
     * @param after index of the segment behind which the code runs
     */
    public record Cut(Site site, OptionalInt slot, String value, String resumed, int after) {}

    /** The cuts whose code runs right after a segment, in order. */
    public List<Cut> cutsAfter(int segment) {
        return cuts.stream().filter(cut -> cut.after() == segment).toList();
    }

    /** Outputs of a segment that leave the graph, but for those that a KV cache keeps. */
    public List<String> leaving(int segment) {
        return segments.get(segment).outputs().stream().filter(FeedNames::isCopiedOut).toList();
    }

    /** Tensors that are still read after a segment and the code behind it. */
    public Set<String> liveAfter(int segment) {
        Set<String> live = new HashSet<>();
        segments.subList(segment + 1, segments.size())
                .forEach(later -> live.addAll(later.inputs()));
        cuts.stream().filter(cut -> cut.after() > segment).forEach(cut -> live.add(cut.value()));
        return live;
    }
}
