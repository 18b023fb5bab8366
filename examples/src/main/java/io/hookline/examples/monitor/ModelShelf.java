/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.examples.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hookline.schema.HookPointDescriptor;
import io.hookline.schema.ModelDescriptor;
import io.hookline.schema.ModuleDescriptor;
import java.util.LinkedHashMap;

/** The models that jobs have announced, the newest descriptor of each name. */
final class ModelShelf {
    private static final int MAX_MODELS = 32;
    private static final int MAX_MODULES = 20_000;

    private final LinkedHashMap<String, ObjectNode> models = new LinkedHashMap<>();
    private long version;

    /** Grows with every change. */
    long version() {
        return version;
    }

    void enter(ModelDescriptor model) {
        version++;
        models.put(model.getName(), describe(model));
        if (models.size() > MAX_MODELS) {
            models.remove(models.keySet().iterator().next());
        }
    }

    ArrayNode all() {
        return Json.array().addAll(models.values());
    }

    private static ObjectNode describe(ModelDescriptor model) {
        ObjectNode node =
                Json.object()
                        .put("name", model.getName())
                        .put("version", model.getVersion().orElse(null))
                        .put("digest", model.getDigest())
                        .put("kind", model.getKind())
                        .put("device", model.getDevice())
                        .put("runtime", model.getRuntimeVersion())
                        .put("vocabulary", model.getVocabulary().orElse(null))
                        .put("maxPositions", model.getMaxPositions().orElse(null));
        ArrayNode modules = node.putArray("modules");
        model.getModules().stream()
                .limit(MAX_MODULES)
                .forEach(module -> describe(module, modules.addObject()));
        return node;
    }

    private static void describe(ModuleDescriptor module, ObjectNode node) {
        node.put("path", module.getPath()).put("className", module.getClassName());
        ArrayNode points = node.putArray("hookPoints");
        for (HookPointDescriptor point : module.getHookPoints()) {
            points.addObject()
                    .put("io", point.getIo())
                    .put("index", point.getIndex())
                    .put("width", point.getWidth().orElse(null))
                    .put("dtype", point.getDtype());
        }
    }
}
