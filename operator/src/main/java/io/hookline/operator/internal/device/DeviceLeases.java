/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.device;

import io.hookline.operator.DeviceRequest;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelLoadException;
import io.hookline.schema.ErrorCode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares the GPUs of a TaskManager among its slots. Flink tells every slot of all of them and
 * assigns none, so the slots of one process agree here: they spread over all GPUs, or they fill one
 * after the other up to a number. Of equally good GPUs a slot takes the one where its model is
 * loaded already, which after a failure is the one that it had.
 */
public final class DeviceLeases {
    /** Those of this process. */
    public static final DeviceLeases SHARED = new DeviceLeases();

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
     * How a slot chooses among GPUs.
     *
     * @param slotsPerGpu slots that share one at most; empty spreads them over all
     * @param warm where the slot's model is loaded already
     */
    public record Choice(OptionalInt slotsPerGpu, Predicate<Device> warm) {}

    /**
     * Takes a device.
     *
     * @throws ModelLoadException {@code DEVICE_UNAVAILABLE} when Flink should offer GPUs and offers
     *     none, or all are taken
     */
    Lease acquire(DeviceRequest request, GpuOffer offer, Choice choice) throws ModelLoadException {
        if (request instanceof DeviceRequest.Named named) {
            return unshared(new Device.Cuda(named.index()));
        }
        if (request instanceof DeviceRequest.Offered) {
            return acquire(indices(offer), choice);
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

    private synchronized Lease acquire(List<Integer> indices, Choice choice)
            throws ModelLoadException {
        int most = choice.slotsPerGpu().orElse(Integer.MAX_VALUE);
        boolean fills = choice.slotsPerGpu().isPresent();
        int index =
                indices.stream()
                        .filter(each -> held(each) < most)
                        .min(
                                Comparator.<Integer>comparingInt(
                                                each -> fills ? -held(each) : held(each))
                                        .thenComparing(each -> !isWarm(each, choice))
                                        .thenComparing(Comparator.naturalOrder()))
                        .orElseThrow(() -> allTaken(indices, most));
        holders.merge(index, 1, Integer::sum);
        return new Held(new Device.Cuda(index), () -> release(index));
    }

    private int held(int index) {
        return holders.getOrDefault(index, 0);
    }

    private static boolean isWarm(int index, Choice choice) {
        return choice.warm().test(new Device.Cuda(index));
    }

    private static ModelLoadException allTaken(List<Integer> indices, int most) {
        return new ModelLoadException(
                ErrorCode.DEVICE_UNAVAILABLE,
                "each of the GPUs %s is taken by %d slots of this TaskManager, which is what 'hookline.device.slots-per-gpu' allows"
                        .formatted(indices, most));
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
