/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.model.Module;
import io.hookline.model.Site;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelInfo;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.HookPointDescriptor;
import io.hookline.schema.ModelDescriptor;
import io.hookline.schema.ModuleDescriptor;
import io.hookline.schema.codec.AvroFraming;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a job says about the model that it runs. */
final class ModelDescriptors {
    private ModelDescriptors() {}

    /** The model's descriptor on its way out, keyed by the model's name. */
    static Envelope envelope(ModelInfo model, Device device, AvroFraming framing) {
        return new Envelope(
                new Destination.Models(),
                model.name(),
                model.name(),
                framing.encode(record(model, device)),
                List.of());
    }

    /** What says that there is no model of that name any more: a record without a value. */
    static Envelope removal(String name) {
        return new Envelope(new Destination.Models(), name, name, new byte[0], List.of());
    }

    private static ModelDescriptor record(ModelInfo model, Device device) {
        ModelDescriptor.Builder record =
                ModelDescriptor.newBuilder()
                        .setName(model.name())
                        .setDigest(model.digest())
                        .setKind(model.signature().causal() ? "decoder" : "encoder")
                        .setConvention(model.tree().convention())
                        .setModules(
                                model.tree().modules().stream()
                                        .map(ModelDescriptors::module)
                                        .toList())
                        .setEosTokenIds(model.limits().eosTokenIds())
                        .setDevice(device.toString())
                        .setRuntimeVersion("onnxruntime");
        model.version().ifPresent(record::setVersion);
        if (model.signature().logits().isPresent()) {
            record.setVocabulary(model.limits().vocabulary());
        }
        model.limits().maxPositions().ifPresent(record::setMaxPositions);
        return record.build();
    }

    private static ModuleDescriptor module(Module module) {
        Map<Object, List<Site>> visits =
                module.sites().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Site::point, LinkedHashMap::new, Collectors.toList()));
        return ModuleDescriptor.newBuilder()
                .setPath(module.path())
                .setClassName(module.className())
                .setHookPoints(visits.values().stream().map(ModelDescriptors::hookPoint).toList())
                .build();
    }

    private static HookPointDescriptor hookPoint(List<Site> visits) {
        Site first = visits.get(0);
        HookPointDescriptor.Builder point =
                HookPointDescriptor.newBuilder()
                        .setIo(first.point().io().wireName())
                        .setIndex(first.point().index())
                        .setVisits(visits.size())
                        .setDtype(first.dtype().wireName());
        if (first.layout() != Site.Layout.ATTENTION) {
            point.setWidth(first.width());
        }
        return point.build();
    }
}
