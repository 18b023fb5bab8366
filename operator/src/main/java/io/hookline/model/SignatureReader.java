/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.hookline.model.ModelSignature.Past;
import io.hookline.model.Site.Layout;
import io.hookline.model.TensorShapes.Dimension;
import io.hookline.model.TensorShapes.Extent;
import io.hookline.model.TensorShapes.TensorShape;
import io.hookline.model.Values.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Tells from names and shapes what a model's inputs and outputs mean. */
final class SignatureReader {
    private static final String IDS = "input_ids";
    private static final Set<String> KNOWN =
            Set.of(IDS, "attention_mask", "position_ids", "token_type_ids");

    private final ModelGraph graph;
    private final TensorShapes shapes;
    private final JsonNode config;

    SignatureReader(ModelGraph graph, TensorShapes shapes, JsonNode config) {
        this.graph = graph;
        this.shapes = shapes;
        this.config = config;
    }

    ModelSignature read() throws ModelException {
        List<String> inputs = graph.inputs();
        if (!inputs.contains(IDS)) {
            throw ModelException.unsupported(
                    "model has no input '%s', only %s".formatted(IDS, inputs));
        }
        List<String> unknown =
                inputs.stream().filter(i -> !KNOWN.contains(i) && !ModelInputs.isPast(i)).toList();
        if (!unknown.isEmpty()) {
            throw ModelException.unsupported(
                    "model needs inputs that can't be made from a prompt: " + unknown);
        }
        List<Past> past = new ArrayList<>();
        for (String input : inputs) {
            if (ModelInputs.isPast(input)) {
                past.add(past(input));
            }
        }
        Optional<String> logits = logits(past);
        return new ModelSignature(
                IDS,
                present("attention_mask"),
                present("position_ids"),
                present("token_type_ids"),
                logits,
                past,
                logits.isPresent() && isCausal(past));
    }

    private Optional<String> present(String input) {
        return Optional.of(input).filter(graph.inputs()::contains);
    }

    private Past past(String input) throws ModelException {
        String number = input.replaceFirst("^past(_key_values)?", "");
        String present =
                Stream.of("present" + number, "present_key_values" + number)
                        .filter(graph.outputs()::contains)
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        ModelException.unsupported(
                                                "no output 'present%s' continues input '%s'"
                                                        .formatted(number, input)));
        TensorShape shape =
                shapes.of(input)
                        .filter(SignatureReader::isPast)
                        .orElseThrow(
                                () ->
                                        ModelException.unsupported(
                                                "input '%s' isn't [batch, heads, past, width]"
                                                        .formatted(input)));
        return new Past(input, present, shape.dtype(), length(shape, 1), length(shape, 3));
    }

    private static boolean isPast(TensorShape shape) {
        return shape.dimensions().size() == 4
                && shape.dimensions().get(1) instanceof Dimension.Fixed
                && shape.dimensions().get(2).equals(new Dimension.Varies(Extent.PAST))
                && shape.dimensions().get(3) instanceof Dimension.Fixed;
    }

    private static int length(TensorShape shape, int axis) {
        return (int) ((Dimension.Fixed) shape.dimensions().get(axis)).length();
    }

    private Optional<String> logits(List<Past> past) {
        Values values = new Values(shapes);
        List<String> sequences =
                graph.outputs().stream()
                        .filter(
                                name ->
                                        values.of(name)
                                                .map(Value::layout)
                                                .equals(Optional.of(Layout.SEQUENCE)))
                        .toList();
        return sequences.stream()
                .filter(name -> name.equals("logits") || name.endsWith("_logits"))
                .findFirst()
                .or(() -> past.isEmpty() ? Optional.empty() : sequences.stream().findFirst());
    }

    private boolean isCausal(List<Past> past) {
        if (!past.isEmpty()) {
            return true;
        }
        List<String> architectures = new ArrayList<>();
        config.path("architectures").forEach(name -> architectures.add(name.asText()));
        return architectures.isEmpty()
                ? !graph.inputs().contains("token_type_ids")
                : architectures.stream()
                        .anyMatch(n -> n.contains("CausalLM") || n.contains("LMHead"));
    }
}
