/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.runtime.onnx;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.model.Site;
import io.hookline.model.Site.Layout;
import java.util.List;
import java.util.Random;

/** Prompts, sites and edits drawn from a seed. */
final class RandomPrograms {
    private static final List<String> OPS =
            List.of(
                    "replace",
                    "add",
                    "scale",
                    "zero",
                    "mean",
                    "clamp",
                    "project_out",
                    "lerp",
                    "given");

    private final Random random;
    private final List<Site> sites;
    private final int vocabulary;

    RandomPrograms(long seed, TestEngine engine, String model) {
        this.random = new Random(seed);
        this.sites =
                engine.sites(model).stream()
                        .filter(site -> site.layout() != Layout.POOLED)
                        .toList();
        this.vocabulary = engine.model(model).info().limits().vocabulary();
    }

    int between(int low, int high) {
        return low + random.nextInt(high - low + 1);
    }

    boolean chance(double share) {
        return random.nextDouble() < share;
    }

    /** Token ids, none of them special. */
    int[] prompt(int length) {
        return random.ints(length, 10, vocabulary).toArray();
    }

    int[][] prompts(int count, int length) {
        int[][] prompts = new int[count][];
        for (int i = 0; i < count; i++) {
            prompts[i] = prompt(length);
        }
        return prompts;
    }

    Site site() {
        return sites.get(random.nextInt(sites.size()));
    }

    <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** An edit that changes what it touches. */
    ObjectNode edit() {
        return edit(site());
    }

    ObjectNode edit(Site site) {
        ObjectNode edit = TestProgram.JSON.createObjectNode();
        edit.put("at", site.point().toString());
        if (site.layout() == Layout.ATTENTION) {
            return attention(edit);
        }
        return operation(edit, of(OPS), site.width());
    }

    private ObjectNode attention(ObjectNode edit) {
        return chance(0.5) ? edit.put("op", "zero") : edit.put("op", "scale").put("by", 0.5);
    }

    private ObjectNode operation(ObjectNode edit, String op, int width) {
        switch (op) {
            case "replace" -> edit.put("op", op).set("value", vector(width));
            case "add" -> edit.put("op", op).put("scale", 1.5).set("vector", vector(width));
            case "scale" -> edit.put("op", op).put("by", chance(0.5) ? -2.5 : 1.75);
            case "clamp" -> edit.put("op", op).put("min", -0.01).put("max", 0.005);
            case "project_out" -> edit.put("op", op).set("direction", vector(width));
            case "lerp" -> edit.put("op", op).put("weight", 0.25).set("to", vector(width));
            case "given" -> edit.put("op", "mean").set("value", vector(width));
            default -> edit.put("op", op);
        }
        return edit;
    }

    ArrayNode vector(int width) {
        ArrayNode vector = TestProgram.JSON.createArrayNode();
        random.doubles(width, -2, 2).forEach(value -> vector.add((float) value));
        return vector;
    }
}
