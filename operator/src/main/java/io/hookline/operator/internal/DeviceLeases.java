/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import io.hookline.operator.DeviceRequest;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelLoadException;
import io.hookline.schema.ErrorCode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares the GPUs of a TaskManager among its slots. Flink tells every slot of all of them and
 * assigns none, so the slots of one process agree here: each takes the GPU that the fewest hold.
 */
final class DeviceLeases {
    /** Those of this process. */
    static final DeviceLeases SHARED = new DeviceLeases();

    private static final Logger LOG = LoggerFactory.getLogger(DeviceLeases.class);

    private final Map<Integer, Integer> holders = new TreeMap<>();
    private final AtomicBoolean warned = new AtomicBoolean();

    /** A claim on a device that ends with {@link #close}, which is idempotent. */
    interface Lease extends AutoCloseable {
        /** What may be used. */
        Device device();

        @Override
        void close();
    }

    /**
     * Takes a device.
     *
     * @throws ModelLoadException {@code DEVICE_UNAVAILABLE} when Flink should offer GPUs and offers
     *     none
     */
    Lease acquire(DeviceRequest request, GpuOffer offer) throws ModelLoadException {
        if (request instanceof DeviceRequest.Named named) {
            return unshared(new Device.Cuda(named.index()));
        }
        if (request instanceof DeviceRequest.Offered) {
            return acquire(indices(offer));
        }
        return onCpu();
    }

    /** The processor, which needs no claim. */
    static Lease onCpu() {
        return unshared(new Device.Cpu());
    }

    private List<Integer> indices(GpuOffer offer) throws ModelLoadException {
        if (!offer.declared()) {
            if (warned.compareAndSet(false, true)) {
                LOG.warn("the cluster declares no external resource 'gpu', so device 0 is used");
            }
            return List.of(0);
        }
        if (offer.indices().isEmpty()) {
            throw new ModelLoadException(
                    ErrorCode.DEVICE_UNAVAILABLE,
                    "the cluster declares the external resource 'gpu' and offers no device, see the discovery script's log");
        }
        return offer.indices();
    }

    private synchronized Lease acquire(List<Integer> indices) {
        int index =
                indices.stream()
                        .min(
                                Comparator.<Integer>comparingInt(i -> holders.getOrDefault(i, 0))
                                        .thenComparing(Comparator.naturalOrder()))
                        .orElseThrow();
        holders.merge(index, 1, Integer::sum);
        return new Held(new Device.Cuda(index), () -> release(index));
    }

    private synchronized void release(int index) {
        holders.computeIfPresent(index, (key, count) -> count == 1 ? null : count - 1);
    }

    private static Lease unshared(Device device) {
        return new Held(device, () -> {});
    }

    private static final class Held implements Lease {
        private final Device device;
        private final Runnable release;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Held(Device device, Runnable release) {
            this.device = device;
            this.release = release;
        }

        @Override
        public Device device() {
            return device;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                release.run();
            }
        }
    }
}
