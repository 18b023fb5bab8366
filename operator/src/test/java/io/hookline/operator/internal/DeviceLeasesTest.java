/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.operator.DeviceRequest;
import io.hookline.runtime.Device;
import io.hookline.runtime.ModelLoadException;
import io.hookline.schema.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalResourceOptions;
import org.junit.jupiter.api.Test;

class DeviceLeasesTest {
    private static final GpuOffer NONE = new GpuOffer(false, List.of());
    private static final GpuOffer TWO = new GpuOffer(true, List.of(1, 0));

    private final DeviceLeases leases = new DeviceLeases();

    @Test
    void acquire_cpuOrNamedDevice_asksNobody() throws Exception {
        assertThat(leases.acquire(new DeviceRequest.Cpu(), NONE).device())
                .isEqualTo(new Device.Cpu());
        assertThat(leases.acquire(new DeviceRequest.Named(7), TWO).device())
                .isEqualTo(new Device.Cuda(7));
    }

    @Test
    void acquire_severalSlots_spreadsThemOverOfferedDevices() throws Exception {
        DeviceRequest offered = new DeviceRequest.Offered();
        assertThat(leases.acquire(offered, TWO).device()).isEqualTo(new Device.Cuda(0));
        assertThat(leases.acquire(offered, TWO).device()).isEqualTo(new Device.Cuda(1));
        assertThat(leases.acquire(offered, TWO).device()).isEqualTo(new Device.Cuda(0));
    }

    @Test
    void acquire_afterRelease_takesTheFreedDevice() throws Exception {
        DeviceRequest offered = new DeviceRequest.Offered();
        leases.acquire(offered, TWO);
        DeviceLeases.Lease second = leases.acquire(offered, TWO);
        leases.acquire(offered, TWO);
        second.close();
        second.close();
        assertThat(leases.acquire(offered, TWO).device()).isEqualTo(new Device.Cuda(1));
        assertThat(leases.acquire(offered, TWO).device()).isEqualTo(new Device.Cuda(1));
    }

    @Test
    void acquire_clusterDeclaresNothing_takesDeviceZero() throws Exception {
        assertThat(leases.acquire(new DeviceRequest.Offered(), NONE).device())
                .isEqualTo(new Device.Cuda(0));
    }

    @Test
    void acquire_declaredButNothingFound_refuses() {
        assertThatThrownBy(
                        () ->
                                leases.acquire(
                                        new DeviceRequest.Offered(), new GpuOffer(true, List.of())))
                .isInstanceOfSatisfying(
                        ModelLoadException.class,
                        refused ->
                                assertThat(refused.code()).isEqualTo(ErrorCode.DEVICE_UNAVAILABLE))
                .hasMessageContaining("'gpu'");
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
