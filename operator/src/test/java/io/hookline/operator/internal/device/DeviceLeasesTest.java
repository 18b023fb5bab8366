/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.operator.DeviceRequest;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelLoadException;
import io.hookline.schema.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalResourceOptions;
import org.junit.jupiter.api.Test;

class DeviceLeasesTest {
    private static final GpuOffer NONE = new GpuOffer(false, List.of());
    private static final GpuOffer TWO = new GpuOffer(true, List.of(1, 0));

    private static final DeviceLeases.Choice SPREAD =
            new DeviceLeases.Choice(OptionalInt.empty(), device -> false);
    private static final DeviceRequest OFFERED = new DeviceRequest.Offered();

    private final DeviceLeases leases = new DeviceLeases();

    private DeviceLeases.Lease acquire(DeviceRequest request, GpuOffer offer)
            throws ModelLoadException {
        return leases.acquire(request, offer, SPREAD);
    }

    @Test
    void acquire_cpuOrNamedDevice_asksNobody() throws Exception {
        assertThat(acquire(new DeviceRequest.Cpu(), NONE).device()).isEqualTo(new Device.Cpu());
        assertThat(acquire(new DeviceRequest.Named(7), TWO).device()).isEqualTo(new Device.Cuda(7));
    }

    @Test
    void acquire_severalSlots_spreadsThemOverOfferedDevices() throws Exception {
        DeviceRequest offered = new DeviceRequest.Offered();
        assertThat(acquire(offered, TWO).device()).isEqualTo(new Device.Cuda(0));
        assertThat(acquire(offered, TWO).device()).isEqualTo(new Device.Cuda(1));
        assertThat(acquire(offered, TWO).device()).isEqualTo(new Device.Cuda(0));
    }

    @Test
    void acquire_afterRelease_takesTheFreedDevice() throws Exception {
        DeviceRequest offered = new DeviceRequest.Offered();
        acquire(offered, TWO);
        DeviceLeases.Lease second = acquire(offered, TWO);
        acquire(offered, TWO);
        second.close();
        second.close();
        assertThat(acquire(offered, TWO).device()).isEqualTo(new Device.Cuda(1));
        assertThat(acquire(offered, TWO).device()).isEqualTo(new Device.Cuda(1));
    }

    @Test
    void acquire_clusterDeclaresNothing_takesDeviceZero() throws Exception {
        assertThat(acquire(new DeviceRequest.Offered(), NONE).device())
                .isEqualTo(new Device.Cuda(0));
    }

    @Test
    void acquire_declaredButNothingFound_refuses() {
        assertThatThrownBy(
                        () -> acquire(new DeviceRequest.Offered(), new GpuOffer(true, List.of())))
                .isInstanceOfSatisfying(
                        ModelLoadException.class,
                        refused ->
                                assertThat(refused.code()).isEqualTo(ErrorCode.DEVICE_UNAVAILABLE))
                .hasMessageContaining("'gpu'");
    }

    @Test
    void acquire_slotsPerGpu_fillsOneGpuAfterTheOtherAndRefusesOneTooMany() throws Exception {
        DeviceLeases.Choice pairs = new DeviceLeases.Choice(OptionalInt.of(2), device -> false);
        List<DeviceLeases.Lease> held = new ArrayList<>();
        for (int slot = 0; slot < 4; slot++) {
            held.add(leases.acquire(OFFERED, TWO, pairs));
        }
        assertThat(held.stream().map(DeviceLeases.Lease::device))
                .containsExactly(
                        new Device.Cuda(0),
                        new Device.Cuda(0),
                        new Device.Cuda(1),
                        new Device.Cuda(1));
        assertThatThrownBy(() -> leases.acquire(OFFERED, TWO, pairs))
                .isInstanceOfSatisfying(
                        ModelLoadException.class,
                        refused ->
                                assertThat(refused.code()).isEqualTo(ErrorCode.DEVICE_UNAVAILABLE))
                .hasMessageContaining("[0, 1]")
                .hasMessageContaining("'hookline.device.slots-per-gpu'");
        held.get(1).close();
        assertThat(leases.acquire(OFFERED, TWO, pairs).device()).isEqualTo(new Device.Cuda(0));
    }

    @Test
    void acquire_severalEquallyGood_takesTheOneWhereTheModelIsLoaded() throws Exception {
        DeviceLeases.Choice warm =
                new DeviceLeases.Choice(
                        OptionalInt.empty(), device -> device.equals(new Device.Cuda(1)));
        DeviceLeases.Lease first = leases.acquire(OFFERED, TWO, warm);
        assertThat(first.device()).isEqualTo(new Device.Cuda(1));
        assertThat(leases.acquire(OFFERED, TWO, warm).device()).isEqualTo(new Device.Cuda(0));
    }

    @Test
    void slot_withSeveralModels_takesOneShareUntilItEnds() throws Exception {
        DeviceLeases.Choice alone = new DeviceLeases.Choice(OptionalInt.of(1), device -> false);
        GpuOffer one = new GpuOffer(true, List.of(3));
        SlotDevices slot = new SlotDevices(leases, one);
        SlotDevices other = new SlotDevices(leases, one);
        assertThat(slot.of(OFFERED, alone)).isEqualTo(new Device.Cuda(3));
        assertThat(slot.of(OFFERED, alone)).isEqualTo(new Device.Cuda(3));
        assertThat(slot.of(new DeviceRequest.Cpu(), alone)).isEqualTo(new Device.Cpu());
        assertThatThrownBy(() -> other.of(OFFERED, alone)).isInstanceOf(ModelLoadException.class);
        slot.close();
        slot.close();
        assertThat(other.of(OFFERED, alone)).isEqualTo(new Device.Cuda(3));
    }

    @Test
    void offer_discoveredDevices_readsTheirIndices() {
        Set<ExternalResourceInfo> found = Set.of(new Gpu("3"), new Gpu("1"));
        assertThat(GpuOffer.of(new Configuration(), found))
                .isEqualTo(new GpuOffer(true, List.of(1, 3)));
    }

    @Test
    void offer_configurationNamesGpuAndNothingFound_isDeclaredAndEmpty() {
        Configuration cluster = new Configuration();
        cluster.set(ExternalResourceOptions.EXTERNAL_RESOURCE_LIST, List.of("fpga", "gpu"));
        assertThat(GpuOffer.of(cluster, Set.of())).isEqualTo(new GpuOffer(true, List.of()));
        assertThat(GpuOffer.of(new Configuration(), Set.of())).isEqualTo(NONE);
    }

    private record Gpu(String index) implements ExternalResourceInfo {
        @Override
        public Optional<String> getProperty(String key) {
            return key.equals("index") ? Optional.of(index) : Optional.empty();
        }

        @Override
        public List<String> getKeys() {
            return List.of("index");
        }
    }
}
