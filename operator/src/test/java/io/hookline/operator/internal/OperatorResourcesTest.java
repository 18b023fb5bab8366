/* Copyright the Hookline authors. Licensed under the Apache License 2.0. */
package io.hookline.operator.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hookline.operator.internal.InvocationHarness.Job;
import io.hookline.operator.internal.InvocationHarness.Subtask;
import io.hookline.runtime.Device;
import io.hookline.schema.Destination;
import io.hookline.schema.Envelope;
import io.hookline.schema.ModelDescriptor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalResourceOptions;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.runtime.util.TestingTaskManagerRuntimeInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an operator holds while it is open: its model, on a device. */
@Timeout(60)
class OperatorResourcesTest {
    private final TestingModelRuntime model = new TestingModelRuntime();

    @Test
    void close_whateverHappened_releasesTheModelOnce() throws Exception {
        InvocationHarness harness = InvocationHarness.open(job(Map.of()));
        assertThat(model.closed().getCount()).isEqualTo(1);
        harness.getOperator().close();
        assertThat(model.closed().getCount()).isZero();
        harness.getOperator().close();
        harness.close();
    }

    @Test
    void open_firstSubtask_describesTheModel() throws Exception {
        try (InvocationHarness first = new InvocationHarness(job(Map.of()), new Subtask(0, 2));
                InvocationHarness second =
                        new InvocationHarness(job(Map.of()), new Subtask(1, 2))) {
            first.open();
            second.open();
            List<Envelope> descriptors = first.envelopes(Destination.Models.class);
            assertThat(descriptors).hasSize(1);
            ModelDescriptor descriptor =
                    InvocationHarness.decode(descriptors.get(0), ModelDescriptor.class);
            assertThat(descriptor.getName()).isEqualTo(TestingModelRuntime.NAME);
            assertThat(descriptor.getDevice()).isEqualTo("cpu");
            assertThat(second.getOutput()).isEmpty();
        }
    }

    @Test
    void device_cuda_takesWhatFlinkOffers() throws Exception {
        Set<ExternalResourceInfo> gpus = Set.of(new Gpu("4"));
        MockEnvironment environment =
                new MockEnvironmentBuilder()
                        .setExternalResourceInfoProvider(
                                name -> name.equals("gpu") ? gpus : Set.of())
                        .build();
        try (InvocationHarness harness =
                new InvocationHarness(job(Map.of("hookline.device.name", "cuda")), environment)) {
            harness.open();
            assertThat(model.specs().get(0).device()).isEqualTo(new Device.Cuda(4));
        }
    }

    @Test
    void device_cudaDeclaredAndNotFound_failsOrFallsBack() throws Exception {
        Configuration cluster = new Configuration();
        cluster.set(ExternalResourceOptions.EXTERNAL_RESOURCE_LIST, List.of("gpu"));
        MockEnvironmentBuilder environment =
                new MockEnvironmentBuilder()
                        .setTaskManagerRuntimeInfo(new TestingTaskManagerRuntimeInfo(cluster));
        try (InvocationHarness harness =
                new InvocationHarness(
                        job(Map.of("hookline.device.name", "cuda")), environment.build())) {
            assertThatThrownBy(harness::open).hasMessageContaining("offers no device");
        }
        Map<String, String> fallback =
                Map.of("hookline.device.name", "cuda", "hookline.device.fallback", "cpu");
        try (InvocationHarness harness =
                new InvocationHarness(job(fallback), environment.build())) {
            harness.open();
            assertThat(model.specs().get(0).device()).isEqualTo(new Device.Cpu());
        }
    }

    private Job job(Map<String, String> options) {
        return new Job(model.source(), options);
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
