/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A prompt, and whether it is an example of what is looked for.
 *
 * @param positive of a probe: what it should fire on; of a vector: what it should point to
 */
public record LabelledPrompt(String prompt, boolean positive) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * How a file says which prompts are positive.
     *
     * @param field the field with the label
     * @param positive the label that means yes; labels that are true, 1, false or 0 need none
     */
    public record Labels(String field, String positive) {
        /** The field {@code label}, true or false. */
        public static final Labels DEFAULT = new Labels("label", "true");

        private boolean isPositive(JsonNode label) {
            return label.asText().equals(positive)
                    || (positive.equals("true") && label.asInt() == 1);
        }
    }

    /**
     * Reads a file with a JSON object on each line, a field {@code prompt} and a label in it.
     *
     * @throws IOException that says what is wrong, and in which line
     */
    public static List<LabelledPrompt> read(Path file, Labels labels) throws IOException {
        List<LabelledPrompt> prompts = new ArrayList<>();
        try (MappingIterator<JsonNode> lines =
                JSON.readerFor(JsonNode.class).readValues(Files.readAllBytes(file))) {
            while (lines.hasNextValue()) {
                JsonNode line = lines.nextValue();
                JsonNode prompt = line.path("prompt");
                JsonNode label = line.path(labels.field());
                if (!prompt.isTextual() || !label.isValueNode()) {
                    throw new IOException(
                            "object %d of '%s' needs a text 'prompt' and a label '%s'"
                                    .formatted(prompts.size() + 1, file, labels.field()));
                }
                prompts.add(new LabelledPrompt(prompt.textValue(), labels.isPositive(label)));
            }
        }
        long positive = prompts.stream().filter(LabelledPrompt::positive).count();
        if (positive == 0 || positive == prompts.size()) {
            throw new IOException(
                    "'%s' has %d prompts, of which %d have the label '%s' in '%s'; some of both kinds are needed"
                            .formatted(
                                    file,
                                    prompts.size(),
                                    positive,
                                    labels.positive(),
                                    labels.field()));
        }
        return prompts;
    }
}
