/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.device;

import io.hookline.operator.DeviceRequest;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelLoadException;
import org.jspecify.annotations.Nullable;

/**
 * The devices of one subtask. However many models it serves, it takes one share of the GPUs that
 * Flink offers, with the first model that wants one, and keeps it until it ends. Thread-safe.
 */
public final class SlotDevices implements AutoCloseable {
    private final DeviceLeases leases;
    private final GpuOffer offer;
    private DeviceLeases.@Nullable Lease shared;

    public SlotDevices(DeviceLeases leases, GpuOffer offer) {
        this.leases = leases;
        this.offer = offer;
    }

    /**
     * The device for a request.
     *
     * @throws ModelLoadException {@code DEVICE_UNAVAILABLE} when there is none
     */
    public synchronized Device of(DeviceRequest request, DeviceLeases.Choice choice)
            throws ModelLoadException {
        if (!(request instanceof DeviceRequest.Offered)) {
            return leases.acquire(request, offer, choice).device();
        }
        DeviceLeases.Lease lease = shared;
        if (lease == null) {
            lease = leases.acquire(request, offer, choice);
            shared = lease;
        }
        return lease.device();
    }

    @Override
    public synchronized void close() {
        if (shared != null) {
            shared.close();
            shared = null;
        }
    }
}
