/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.DeviceFallback;
import io.hookline.operator.InvocationSettings;
import io.hookline.operator.internal.device.DeviceLeases;
import io.hookline.operator.internal.device.SlotDevices;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelLoadException;
import io.hookline.runtime.ModelPool;
import io.hookline.schema.ErrorCode;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model on its device, held by a lease. */
record OpenModel(ModelPool.Lease lease, Device device) {
    private static final Logger LOG = LoggerFactory.getLogger(OpenModel.class);

    /** Where a subtask gets models and devices. */
    record Sources(ModelSource models, SlotDevices devices, InvocationSettings.DeviceChoice on) {}

    /** Opens what is asked for, on the processor when the settings allow that instead. */
    static OpenModel open(ModelRequest request, Sources sources)
            throws IOException, ModelLoadException {
        try {
            return open(
                    request,
                    sources,
                    sources.devices().of(request.device(), choice(request, sources)));
        } catch (ModelLoadException unavailable) {
            if (sources.on().fallback() == DeviceFallback.NONE
                    || unavailable.code() != ErrorCode.DEVICE_UNAVAILABLE) {
                throw unavailable;
            }
            LOG.warn("the model runs on the processor instead: {}", unavailable.getMessage());
            return open(request, sources, new Device.Cpu());
        }
    }

    private static DeviceLeases.Choice choice(ModelRequest request, Sources sources) {
        return new DeviceLeases.Choice(
                sources.on().slotsPerGpu(), device -> sources.models().holds(request.on(device)));
    }

    private static OpenModel open(ModelRequest request, Sources sources, Device device)
            throws IOException, ModelLoadException {
        return new OpenModel(sources.models().acquire(request.on(device)), device);
    }
}
