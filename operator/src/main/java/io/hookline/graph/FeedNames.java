/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.graph;

import io.hookline.plan.Structure;
import java.util.ArrayList;
import java.util.List;

/** Names of what a compiled plan is fed with and gives back, by the index of its slot or tap. */
public final class FeedNames {
    /** Flat index of the position of each row whose logits are wanted, int64 {@code [batch, 1]}. */
    public static final String LOGITS_ROWS = "hl/feed/logits/rows";

    /** {@code [batch, tokens, -1]}, int64, for values that lie flat. */
    public static final String SHAPE = "hl/feed/shape";

    /** {@code [batch, -1]}, int64, for values without a tokens axis. */
    public static final String POOLED_SHAPE = "hl/feed/pooled-shape";

    /** {@code [batch, 1, -1]}, int64, for values without a tokens axis. */
    public static final String ONE_TOKEN_SHAPE = "hl/feed/one-token-shape";

    /** Output: logits {@code [batch, 1 | tokens, vocabulary]}. */
    public static final String LOGITS = "hl/logits";

    private static final String TAP = "hl/tap/";

    private static final String GAUGE = "hl/gauge/";

    private FeedNames() {}

    /** {@code [batch, tokens, width]}, int64. */
    public static String shapeOfWidth(int width) {
        return "hl/feed/shape/" + width;
    }

    /** Which positions an edit changes, bool {@code [batch, tokens, 1 | width]}. */
    public static String gate(int slot) {
        return edit(slot, "gate");
    }

    /**
     * The operand, in the site's type, broadcastable to {@code [batch, tokens, width]}; of an
     * {@code OWN_MEAN} the weight of each position, {@code [batch, 1, tokens]}.
     */
    public static String value(int slot) {
        return edit(slot, "value");
    }

    /** The upper limit {@code [batch, 1, 1]} of a {@code LIMIT}, whose value is the lower one. */
    public static String high(int slot) {
        return edit(slot, "high");
    }

    /** How much of h a {@code BLEND} keeps, {@code [batch, 1, 1]}. */
    public static String keep(int slot) {
        return edit(slot, "keep");
    }

    /** Flat index of the source position of each position, int64 {@code [batch, tokens]}. */
    public static String rows(int slot) {
        return edit(slot, "rows");
    }

    /**
     * The four lengths {@code [batch, tokens, heads, keys]} of attention that is patched, int64.
     */
    public static String attentionShape(int slot) {
        return edit(slot, "shape");
    }

    /**
     * Flat indices of the recorded positions, int64 {@code [n]}, or {@code [groups, n]} when
     * pooled.
     */
    public static String tapRows(int tap) {
        return tap(tap, "rows");
    }

    /** Weight of each pooled position in a mean, {@code [groups, 1, n]}. */
    public static String tapWeights(int tap) {
        return tap(tap, "weights");
    }

    /** The matrix {@code [width, k]} of a projection. */
    public static String tapMatrix(int tap) {
        return tap(tap, "matrix");
    }

    /** Output of a tap. */
    public static String tapOutput(int tap) {
        return TAP + tap;
    }

    /**
     * Flat indices of the activations of some sources of a gauge, int64 {@code [n]}, or {@code [n,
     * positions]} when each is a mean.
     */
    public static String gaugeRows(int gauge, int rows) {
        return gauge(gauge, "rows/" + rows);
    }

    /** Weight of each position in the mean, float32 {@code [n, 1, positions]}. */
    public static String gaugeWeights(int gauge, int rows) {
        return gauge(gauge, "weights/" + rows);
    }

    /** What activations are multiplied with, float32 {@code [vectors, width]}, at least two. */
    public static String gaugeVectors(int gauge) {
        return gauge(gauge, "vectors");
    }

    /** How many of the largest units are wanted, int64 {@code [1]}. */
    public static String gaugeTop(int gauge) {
        return gauge(gauge, "top");
    }

    /** Which reference each activation is measured against, int64 {@code [n]}. */
    public static String gaugeReferences(int gauge) {
        return gauge(gauge, "references");
    }

    /** Means of the references, float32 {@code [references, width]}. */
    public static String gaugeMeans(int gauge) {
        return gauge(gauge, "means");
    }

    /** Scales of the references, float32 {@code [references, width]}. */
    public static String gaugeScales(int gauge) {
        return gauge(gauge, "scales");
    }

    /** Directions of all references, float32 {@code [directions, width]}, at least two. */
    public static String gaugeBasis(int gauge) {
        return gauge(gauge, "basis");
    }

    /**
     * How much each reference takes off along each direction, 0 along those of others, float32
     * {@code [references, directions]}.
     */
    public static String gaugeShrink(int gauge) {
        return gauge(gauge, "shrink");
    }

    /** Output of a gauge, float32 {@code [n, scalars]}. */
    public static String gaugeOutput(int gauge) {
        return GAUGE + gauge;
    }

    /** What leaves the graph by copy, but for the logits: outputs of taps, then of gauges. */
    public static List<String> copiedOut(Structure structure) {
        List<String> outputs = new ArrayList<>();
        for (int tap = 0; tap < structure.taps().size(); tap++) {
            outputs.add(tapOutput(tap));
        }
        for (int gauge = 0; gauge < structure.gauges().size(); gauge++) {
            outputs.add(gaugeOutput(gauge));
        }
        return outputs;
    }

    /** Whether a tensor is the output of a tap or a gauge, or the logits. */
    static boolean isCopiedOut(String tensor) {
        return tensor.startsWith(TAP) || tensor.startsWith(GAUGE) || tensor.equals(LOGITS);
    }

    /** What later segments read in place of the value that code waited for. */
    static String resumed(int cut) {
        return "hl/resumed/" + cut;
    }

    private static String edit(int slot, String what) {
        return "hl/feed/edit/" + slot + "/" + what;
    }

    private static String gauge(int gauge, String what) {
        return "hl/feed/gauge/" + gauge + "/" + what;
    }

    private static String tap(int tap, String what) {
        return "hl/feed/tap/" + tap + "/" + what;
    }
}
