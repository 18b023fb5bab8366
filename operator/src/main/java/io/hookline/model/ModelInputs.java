/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.hookline.model.TensorShapes.Dimension;
import io.hookline.model.TensorShapes.Extent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a model's inputs are called and what their axes count. */
public final class ModelInputs {
    static final Pattern PAST = Pattern.compile("past(_key_values)?[._]\\d+([._](key|value)s?)?");
    private static final Set<String> BY_TOKEN =
            Set.of("input_ids", "position_ids", "token_type_ids", "inputs_embeds");

    private ModelInputs() {}

    /**
     * Axes of every input that isn't a weight, by the input's name. A fixed length that the model
     * declares stays fixed.
     */
    public static Map<String, List<Dimension>> dimensions(ModelGraph graph) {
        boolean cached = graph.inputs().stream().anyMatch(ModelInputs::isPast);
        Map<String, List<Dimension>> all = new LinkedHashMap<>();
        for (ValueInfoProto input : graph.graph().getInputList()) {
            if (!graph.initializers().containsKey(input.getName())) {
                all.put(input.getName(), dimensions(input, cached, new HeadWidth(graph)));
            }
        }
        return all;
    }

    static boolean isPast(String input) {
        return PAST.matcher(input).matches();
    }

    private static List<Dimension> dimensions(
            ValueInfoProto input, boolean cached, HeadWidth widths) {
        TensorShapeProto shape = input.getType().getTensorType().getShape();
        List<Dimension> out = new ArrayList<>();
        int dynamic = 0;
        for (TensorShapeProto.Dimension axis : shape.getDimList()) {
            if (axis.hasDimValue() && axis.getDimValue() > 0) {
                out.add(new Dimension.Fixed(axis.getDimValue()));
            } else {
                Dimension open = new Dimension.Varies(extent(input.getName(), dynamic, cached));
                boolean width = isPast(input.getName()) && out.size() == 3;
                out.add(width ? width(input, widths).orElse(open) : open);
                dynamic++;
            }
        }
        return out;
    }

    private static Optional<Dimension> width(ValueInfoProto cache, HeadWidth widths) {
        return widths.of(cache.getName()).map(Dimension.Fixed::new);
    }

    /** What the n-th axis of open length counts. */
    private static Extent extent(String input, int dynamic, boolean cached) {
        if (dynamic == 0) {
            return BY_TOKEN.contains(input) || isPast(input) || input.equals("attention_mask")
                    ? Extent.BATCH
                    : Extent.OTHER;
        }
        if (isPast(input)) {
            return dynamic == 1 ? Extent.PAST : Extent.OTHER;
        }
        if (input.equals("attention_mask")) {
            return cached ? Extent.KEYS : Extent.TOKENS;
        }
        return BY_TOKEN.contains(input) && dynamic == 1 ? Extent.TOKENS : Extent.OTHER;
    }
}
