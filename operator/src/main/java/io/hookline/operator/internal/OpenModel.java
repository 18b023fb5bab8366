/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.DeviceFallback;
import io.hookline.operator.InvocationSettings;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelPool;
import io.hookline.runtime.ModelRuntime;
import io.hookline.runtime.ModelSpec;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model on its device, held until it is closed. */
final class OpenModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenModel.class);

    private final ModelPool.Lease model;
    private final DeviceLeases.Lease device;

    private OpenModel(ModelPool.Lease model, DeviceLeases.Lease device) {
        this.model = model;
        this.device = device;
    }

    /** Opens what the settings ask for, on the processor when they allow that instead. */
    static OpenModel open(InvocationSettings settings, ModelSource source, GpuOffer gpus)
            throws IOException, ModelLoadException {
        try {
            return open(
                    settings,
                    source,
                    DeviceLeases.SHARED.acquire(settings.device().request(), gpus));
        } catch (ModelLoadException unavailable) {
            if (settings.device().fallback() == DeviceFallback.NONE
                    || unavailable.code() != ErrorCode.DEVICE_UNAVAILABLE) {
                throw unavailable;
            }
            LOG.warn("the model runs on the processor instead: {}", unavailable.getMessage());
            return open(settings, source, DeviceLeases.onCpu());
        }
    }

    private static OpenModel open(
            InvocationSettings settings, ModelSource source, DeviceLeases.Lease device)
            throws IOException, ModelLoadException {
        try {
            return new OpenModel(source.acquire(spec(settings.model(), device.device())), device);
        } catch (IOException | ModelLoadException | RuntimeException | Error failed) {
            device.close();
            throw failed;
        }
    }

    private static ModelSpec spec(InvocationSettings.Model model, Device device) {
        return new ModelSpec(
                model.path(),
                model.name(),
                model.tokenizer(),
                device,
                model.threads(),
                model.weights());
    }

    ModelRuntime runtime() {
        return model.runtime();
    }

    /** What it runs on. */
    Device device() {
        return device.device();
    }

    @Override
    public void close() {
        try (DeviceLeases.Lease last = device;
                ModelPool.Lease first = model) {
            LOG.debug("releasing {} and {}", first.runtime(), last.device());
        }
    }
}
